// A TLS client of Go's crypto/tls for the interop tests.  It makes so many connections
// one after the other, and prints for each "resumed true" or "resumed false" and what the
// server answered.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"time"
)

var versions = map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

func configure(ca, cert, key, version string) (*tls.Config, error) {
	pem, err := os.ReadFile(ca)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		RootCAs:            x509.NewCertPool(),
		ServerName:         "localhost",
		MinVersion:         versions[version],
		MaxVersion:         versions[version],
		ClientSessionCache: tls.NewLRUClientSessionCache(8),
	}
	if config.MinVersion == 0 {
		return nil, fmt.Errorf("unknown version %q", version)
	}
	config.RootCAs.AppendCertsFromPEM(pem)
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

func ask(address, request string, config *tls.Config) error {
	connection, err := tls.Dial("tcp", address, config)
	if err != nil {
		return err
	}
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(connection, request); err != nil {
		return err
	}
	answer, err := io.ReadAll(connection) // an end without close_notify is an error
	if err != nil {
		return err
	}
	fmt.Printf("resumed %v\n%s\n", connection.ConnectionState().DidResume, answer)
	return nil
}

func main() {
	address := flag.String("address", "", "where to connect")
	request := flag.String("request", "", "what to send, without the end of the line")
	ca := flag.String("ca", "", "PEM of the roots")
	cert := flag.String("cert", "", "PEM of a chain of ours")
	key := flag.String("key", "", "PEM of its private key")
	version := flag.String("version", "1.3", "1.2 or 1.3")
	times := flag.Int("times", 1, "connections")
	flag.Parse()
	config, err := configure(*ca, *cert, *key, *version)
	if err != nil {
		log.Fatal(err)
	}
	for i := 0; i < *times; i++ {
		if err := ask(*address, *request+"\r\n\r\n", config); err != nil {
			log.Fatal(err)
		}
	}
}
