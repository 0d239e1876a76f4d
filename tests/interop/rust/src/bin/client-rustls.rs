//! A TLS client of rustls for the interop tests.  It makes so many connections one after
//! the other, and prints for each "resumed true" or "resumed false" and what the server
//! answered.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{
    ClientConfig, ClientConnection, HandshakeKind, RootCertStore, StreamOwned,
    SupportedProtocolVersion,
};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The value of `--NAME VALUE` on the command line.
fn option(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.next().and(arguments.next())
}

fn needed(name: &str) -> Outcome<String> {
    option(name).ok_or_else(|| format!("{name} is missing").into())
}

fn version() -> Outcome<&'static SupportedProtocolVersion> {
    match needed("--version")?.as_str() {
        "1.2" => Ok(&rustls::version::TLS12),
        "1.3" => Ok(&rustls::version::TLS13),
        other => Err(format!("unknown version {other}").into()),
    }
}

fn configure() -> Outcome<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_file_iter(needed("--ca")?)? {
        roots.add(root?)?;
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[version()?])?
        .with_root_certificates(roots);
    match option("--cert") {
        None => Ok(builder.with_no_client_auth()),
        Some(file) => {
            let chain = CertificateDer::pem_file_iter(file)?.collect::<Result<Vec<_>, _>>()?;
            let key = PrivateKeyDer::from_pem_file(needed("--key")?)?;
            Ok(builder.with_client_auth_cert(chain, key)?)
        }
    }
}

fn ask(address: &str, request: &str, config: Arc<ClientConfig>) -> Outcome<()> {
    let socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(Duration::from_secs(20)))?;
    let connection = ClientConnection::new(config, "localhost".try_into()?)?;
    let mut stream = StreamOwned::new(connection, socket);
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?; // an end without close_notify is an error
    let resumed = stream.conn.handshake_kind() == Some(HandshakeKind::Resumed);
    println!("resumed {resumed}\n{answer}");
    Ok(())
}

fn main() -> Outcome<()> {
    let config = Arc::new(configure()?);
    let request = needed("--request")? + "\r\n\r\n";
    for _ in 0..needed("--times")?.parse::<usize>()? {
        ask(&needed("--address")?, &request, config.clone())?;
    }
    Ok(())
}
