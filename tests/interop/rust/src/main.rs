//! A TLS server of rustls for the interop tests.  It answers each request with what it
//! agreed on; its first line of output names the port that the kernel chose.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::aws_lc_rs::{self, kx_group};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{
    HandshakeKind, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
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

fn group(name: &str) -> Outcome<&'static dyn SupportedKxGroup> {
    match name {
        "X25519MLKEM768" => Ok(kx_group::X25519MLKEM768),
        "SecP256r1MLKEM768" => Ok(kx_group::SECP256R1MLKEM768),
        "x25519" => Ok(kx_group::X25519),
        "secp256r1" => Ok(kx_group::SECP256R1),
        "secp384r1" => Ok(kx_group::SECP384R1),
        _ => Err(format!("unknown group {name}").into()),
    }
}

fn version() -> Outcome<&'static SupportedProtocolVersion> {
    match needed("--version")?.as_str() {
        "1.2" => Ok(&rustls::version::TLS12),
        "1.3" => Ok(&rustls::version::TLS13),
        other => Err(format!("unknown version {other}").into()),
    }
}

fn configure() -> Outcome<ServerConfig> {
    let mut provider: CryptoProvider = aws_lc_rs::default_provider();
    if let Some(names) = option("--groups") {
        provider.kx_groups = names.split(',').map(group).collect::<Outcome<_>>()?;
    }
    let provider = Arc::new(provider);
    let chain = CertificateDer::pem_file_iter(needed("--cert")?)?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(needed("--key")?)?;
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[version()?])?;
    let builder = match option("--client-ca") {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let mut roots = RootCertStore::empty();
            for root in CertificateDer::pem_file_iter(file)? {
                roots.add(root?)?;
            }
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
            builder.with_client_cert_verifier(verifier.build()?)
        }
    };
    let mut config = builder.with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.ticketer = aws_lc_rs::Ticketer::new()?;
    Ok(config)
}

fn serve(socket: TcpStream, config: Arc<ServerConfig>) -> Outcome<()> {
    socket.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut stream = BufReader::new(StreamOwned::new(ServerConnection::new(config)?, socket));
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(());
    }
    let mut stream = stream.into_inner();
    let resumed = stream.conn.handshake_kind() == Some(HandshakeKind::Resumed);
    let client = match stream.conn.peer_certificates() {
        Some([_, ..]) => "somebody",
        _ => "nobody",
    };
    write!(
        stream,
        "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n\
         request {:?} client {client} resumed {resumed}\n",
        line.trim()
    )?;
    stream.conn.send_close_notify();
    Ok(stream.flush()?)
}

fn main() -> Outcome<()> {
    let config = Arc::new(configure()?);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("LISTEN {}", listener.local_addr()?.port());
    for socket in listener.incoming() {
        let (socket, config) = (socket?, config.clone());
        std::thread::spawn(move || {
            if let Err(error) = serve(socket, config) {
                eprintln!("{error}");
            }
        });
    }
    Ok(())
}
