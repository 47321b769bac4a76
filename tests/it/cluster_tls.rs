//! A cluster behind TLS, with an authority of its own.

use crate::desk::Desk;
use crate::standin::Standin;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// Runs openssl; `None`, said, where there is none.
fn openssl(folder: &Path, args: &str) -> Option<()> {
    let run = Command::new("openssl")
        .args(args.split(' '))
        .current_dir(folder)
        .output();
    let Ok(run) = run else {
        println!("skipped: needs openssl to make certificates");
        return None;
    };
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "openssl {args}: {errors}");
    Some(())
}

const KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

/// `NAME.pem` and `NAME.key` of an authority.
fn authority(folder: &Path, name: &str) -> Option<()> {
    openssl(
        folder,
        &format!("req -x509 {KEY} -keyout {name}.key -out {name}.pem -days 2 -subj /CN={name}"),
    )
}

/// The head of a message and its body.
fn message(from: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    let mut length = 0;
    loop {
        let begin = all.len();
        if from.read_until(b'\n', &mut all)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let line = String::from_utf8_lossy(&all[begin..]).to_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let head = all.len();
    all.resize(head + length, 0);
    from.read_exact(&mut all[head..])?;
    Ok(all)
}

/// Takes messages off a TLS connection, one at a time, to the stand-in and back.
fn forward(stream: TcpStream, config: Arc<ServerConfig>, node: &str) -> std::io::Result<()> {
    let tls = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut front = BufReader::new(StreamOwned::new(tls, stream));
    let mut back = BufReader::new(TcpStream::connect(node)?);
    loop {
        let asked = message(&mut front)?;
        back.get_mut().write_all(&asked)?;
        let answer = message(&mut back)?;
        front.get_mut().write_all(&answer)?;
        front.get_mut().flush()?;
    }
}

#[test]
fn an_authority_of_ones_own_is_trusted_when_named_and_no_other() {
    let desk = Desk::new();
    let folder = desk.path();
    let made = authority(folder, "ours").and_then(|()| authority(folder, "theirs"));
    if made.is_none() {
        return;
    }
    desk.write(
        "names",
        "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n",
    );
    openssl(
        folder,
        &format!("req {KEY} -keyout host.key -out host.csr -subj /CN=localhost"),
    );
    openssl(
        folder,
        "x509 -req -in host.csr -CA ours.pem -CAkey ours.key -out host.pem -days 2 -extfile names",
    );
    let certificate = CertificateDer::from_pem_file(folder.join("host.pem")).expect("one");
    let key = PrivateKeyDer::from_pem_file(folder.join("host.key")).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("protocols")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a configuration");
    let config = Arc::new(config);
    let node = Standin::start();
    let address = node.url().trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (config, address) = (Arc::clone(&config), address.clone());
            std::thread::spawn(move || forward(stream, config, &address));
        }
    });
    let location = format!("quickwit+https://localhost:{port}/news");

    let said = desk.run(&["index", "news", "-i", &location, "--cluster-ca", "ours.pem"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let said = desk.run(&[
        "search",
        "Hochwasser",
        "-i",
        &location,
        "--cluster-ca",
        "ours.pem",
    ]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("Hochwasser an der Oder"), "{}", said.out);

    let by_address = location.replace("localhost", "127.0.0.1");
    for (location, more) in [
        (&location, &[][..]),
        (&location, &["--cluster-ca", "theirs.pem"]),
        // The certificate is for another name.
        (&by_address, &["--cluster-ca", "ours.pem"]),
    ] {
        let said = desk.run(&[&["search", "Hochwasser", "-i", location], more].concat());
        assert_eq!(
            (said.code, said.out.as_str()),
            (4, ""),
            "{more:?}: {}",
            said.err
        );
        for words in ["no safe connection", "certificate", "--cluster-ca"] {
            assert!(said.err.contains(words), "{more:?}: {}", said.err);
        }
    }
    let said = desk.run(&["search", "x", "-i", &location, "--cluster-ca", "names"]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(
        said.err.contains("expected PEM") || said.err.contains("as PEM"),
        "{}",
        said.err
    );
}
