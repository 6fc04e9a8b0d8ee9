//! HTTP/1.1 by hand, so that a connection can also end as real ones do: in the middle, without a word, or by reset.
//! One request is read whole before anything is decided about it.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Query, as it stands in the address.
    pub query: String,
    /// Headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// How a request ends.
#[derive(Debug, Clone)]
pub enum Answer {
    /// With a response.
    Say {
        /// Status.
        status: u16,
        /// Content type.
        media: &'static str,
        /// More headers.
        headers: Vec<(&'static str, String)>,
        /// The body.
        body: String,
    },
    /// The connection closes without a word.
    Drop,
    /// The connection is reset.
    Reset,
    /// Nothing comes until the client gives up.
    Hang,
}

impl Answer {
    /// A JSON response.
    pub fn json(body: &serde_json::Value) -> Self {
        Self::Say {
            status: 200,
            media: "application/json; charset=utf-8",
            headers: vec![],
            body: body.to_string(),
        }
    }

    /// A response of plain text or HTML.
    pub const fn text(status: u16, media: &'static str, body: String) -> Self {
        Self::Say { status, media, headers: vec![], body }
    }
}

/// Reads one request; `None` when the other side has gone.
pub async fn read(stream: &mut TcpStream, kept: &mut Vec<u8>) -> Option<Request> {
    let head_end = loop {
        if let Some(at) = find(kept, b"\r\n\r\n") {
            break at;
        }
        more(stream, kept).await?;
    };
    let head = String::from_utf8_lossy(&kept[..head_end]).into_owned();
    kept.drain(..head_end + 4);
    let mut request = parse_head(&head)?;
    let chunked = request.header("transfer-encoding").is_some_and(|v| v.contains("chunked"));
    if chunked {
        request.body = read_chunks(stream, kept).await?;
    } else {
        let length: usize = request.header("content-length").and_then(|v| v.parse().ok()).unwrap_or(0);
        while kept.len() < length {
            more(stream, kept).await?;
        }
        request.body = kept.drain(..length).collect();
    }
    Some(request)
}

fn parse_head(head: &str) -> Option<Request> {
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()))
        .collect();
    Some(Request { method, path: path.to_owned(), query: query.to_owned(), headers, body: Vec::new() })
}

async fn read_chunks(stream: &mut TcpStream, kept: &mut Vec<u8>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = find(kept, b"\r\n") {
                break at;
            }
            more(stream, kept).await?;
        };
        let size = String::from_utf8_lossy(&kept[..end]).into_owned();
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        kept.drain(..end + 2);
        while kept.len() < size + 2 {
            more(stream, kept).await?;
        }
        body.extend(kept.drain(..size));
        kept.drain(..2);
        if size == 0 {
            return Some(body);
        }
    }
}

async fn more(stream: &mut TcpStream, kept: &mut Vec<u8>) -> Option<()> {
    let mut part = vec![0_u8; 16_384];
    let read = stream.read(&mut part).await.ok().filter(|n| *n > 0)?;
    kept.extend_from_slice(&part[..read]);
    Some(())
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Sends the end of a request; true when the connection can be used again.
pub async fn write(stream: &mut TcpStream, answer: Answer) -> bool {
    match answer {
        Answer::Say { status, media, headers, body } => {
            let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            let head = format!(
                "HTTP/1.1 {status} Said\r\ncontent-type: {media}\r\ncontent-length: {}\r\n{more}\r\n",
                body.len()
            );
            stream.write_all(format!("{head}{body}").as_bytes()).await.is_ok()
        }
        Answer::Drop => {
            let _ = stream.shutdown().await;
            false
        }
        Answer::Reset => {
            reset(stream);
            false
        }
        Answer::Hang => {
            let mut nothing = [0_u8; 64];
            while stream.read(&mut nothing).await.is_ok_and(|n| n > 0) {}
            false
        }
    }
}

/// Lets the connection end with a reset instead of a goodbye.
pub fn reset(stream: &TcpStream) {
    // Where it cannot be asked for, the connection merely closes.
    #[allow(deprecated)]
    let _ = stream.set_linger(Some(std::time::Duration::ZERO));
}

/// Pairs of a form or query, decoded.
pub fn pairs(form: &str) -> Vec<(String, String)> {
    form.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let hex: Vec<u8> = rest.by_ref().take(2).collect();
                let value = std::str::from_utf8(&hex).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
                bytes.push(value.unwrap_or(b'?'));
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Pairs as a form.
pub fn form(pairs: &[(&str, &str)]) -> String {
    let encoded = |text: &str| -> String {
        text.bytes()
            .map(|b| match b {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    char::from(b).to_string()
                }
                b' ' => "+".to_owned(),
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    pairs.iter().map(|(k, v)| format!("{}={}", encoded(k), encoded(v))).collect::<Vec<_>>().join("&")
}
