//! Bodies in several parts: the JSON and the files beside it.

use serde_json::Value;

use super::world::File;

/// The JSON and the files with their numbers; `None` when it is not what it says.
pub fn read(media: &str, body: &[u8]) -> Option<(Value, Vec<(usize, File)>)> {
    let boundary = media.split("boundary=").nth(1)?.trim_matches('"').split(';').next()?;
    let mark = format!("--{boundary}");
    let mut json = Value::Null;
    let mut files = Vec::new();
    for part in split(body, mark.as_bytes()).into_iter().skip(1) {
        if part.starts_with(b"--") {
            break;
        }
        let part = part.strip_prefix(b"\r\n")?;
        let at = find(part, b"\r\n\r\n")?;
        let (head, bytes) = (String::from_utf8_lossy(&part[..at]), part[at + 4..].strip_suffix(b"\r\n")?);
        let of = |key: &str| {
            let rest = head.split(&format!("{key}=\"")).nth(1)?;
            Some(rest.split('"').next()?.to_owned())
        };
        let name = of("; name")?;
        if name == "payload_json" {
            json = serde_json::from_slice(bytes).ok()?;
            continue;
        }
        let number = name.strip_prefix("files[")?.strip_suffix(']')?.parse().ok()?;
        let media = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-type:").map(|m| m.trim().to_owned()));
        let file = File {
            id: String::new(),
            name: of("filename")?,
            media: media.unwrap_or_default(),
            description: None,
            bytes: bytes.to_vec(),
        };
        files.push((number, file));
    }
    Some((json, files))
}

fn split<'a>(bytes: &'a [u8], mark: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some(at) = find(rest, mark) {
        parts.push(&rest[..at]);
        rest = &rest[at + mark.len()..];
    }
    parts.push(rest);
    parts
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
