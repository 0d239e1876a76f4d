// A TLS server of Go's crypto/tls for the interop tests.  It answers each request with
// what it agreed on; its first line of output names the port that the kernel chose.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"strings"
	"time"
)

var versions = map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

var groups = map[string]tls.CurveID{
	"X25519MLKEM768": tls.X25519MLKEM768,
	"x25519":         tls.X25519,
	"secp256r1":      tls.CurveP256,
	"secp384r1":      tls.CurveP384,
	"secp521r1":      tls.CurveP521,
}

func configure(cert, key, version, names, clientCA string) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{pair},
		MinVersion:   versions[version],
		MaxVersion:   versions[version],
		NextProtos:   []string{"http/1.1"},
	}
	if config.MinVersion == 0 {
		return nil, fmt.Errorf("unknown version %q", version)
	}
	for _, name := range strings.Split(names, ",") {
		if name == "" {
			continue
		}
		id, known := groups[name]
		if !known {
			return nil, fmt.Errorf("unknown group %q", name)
		}
		config.CurvePreferences = append(config.CurvePreferences, id)
	}
	if clientCA != "" {
		pem, err := os.ReadFile(clientCA)
		if err != nil {
			return nil, err
		}
		config.ClientCAs = x509.NewCertPool()
		config.ClientCAs.AppendCertsFromPEM(pem)
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config, nil
}

func serve(connection *tls.Conn) {
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(20 * time.Second))
	if err := connection.Handshake(); err != nil {
		log.Print(err)
		return
	}
	line, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		return
	}
	state := connection.ConnectionState()
	client := "nobody"
	if len(state.PeerCertificates) != 0 {
		client = state.PeerCertificates[0].Subject.CommonName
	}
	fmt.Fprintf(connection, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n"+
		"request %q client %s resumed %t\n", strings.TrimSpace(line), client, state.DidResume)
}

func main() {
	cert := flag.String("cert", "", "chain, PEM")
	key := flag.String("key", "", "private key, PEM")
	version := flag.String("version", "1.3", "1.2 or 1.3")
	names := flag.String("groups", "", "groups, by their names in TLS; all by default")
	clientCA := flag.String("client-ca", "", "demand a certificate of this authority")
	flag.Parse()

	config, err := configure(*cert, *key, *version, *names, *clientCA)
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("LISTEN %d\n", listener.Addr().(*net.TCPAddr).Port)
	for {
		connection, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(tls.Server(connection, config))
	}
}
