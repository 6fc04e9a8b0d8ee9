//! Deliveries over HTTP: signed as Slack signs them, by a second implementation of the signature.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// `v0=` and the keyed hash of version, time and body.
pub fn signature(secret: &str, timestamp: i64, body: &[u8]) -> String {
    let mut text = format!("v0:{timestamp}:").into_bytes();
    text.extend_from_slice(body);
    let mut key = [0_u8; 64];
    key[..secret.len().min(64)].copy_from_slice(&secret.as_bytes()[..secret.len().min(64)]);
    let inner = Sha256::new().chain_update(key.map(|b| b ^ 0x36)).chain_update(&text).finalize();
    let outer = Sha256::new().chain_update(key.map(|b| b ^ 0x5c)).chain_update(inner).finalize();
    outer.iter().fold("v0=".to_owned(), |mut all, byte| {
        let _ = write!(all, "{byte:02x}");
        all
    })
}

/// Posts a body with these headers to `http://host:port/path`; status and body of the answer.
pub async fn post(url: &str, headers: &[(&str, String)], body: &[u8]) -> Option<(u16, String)> {
    let rest = url.strip_prefix("http://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).await.ok()?;
    let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!(
        "POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\nconnection: close\r\n{more}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.ok()?;
    // Whoever refuses a body that is too large may stop reading it.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
    Some((status, if chunked { unchunked(body) } else { body.to_owned() }))
}

fn unchunked(body: &str) -> String {
    let mut rest = body;
    let mut all = String::new();
    while let Some((size, more)) = rest.split_once("\r\n") {
        let Ok(size) = usize::from_str_radix(size.trim(), 16) else { break };
        if size == 0 || more.len() < size {
            break;
        }
        all.push_str(&more[..size]);
        rest = more[size..].trim_start_matches("\r\n");
    }
    all
}
