//! Keeping other pages out: the server answers only under its own loopback name, and changes state only for its own
//! page. Without this, any page open in the same browser could act in the playground, even by DNS rebinding.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Everything comes from the playground itself, except pictures, which stand in the messages that show them.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";
/// Only our own page sends this; a form or image of another page cannot.
const MARK: &str = "x-roundtable";

/// Checks a request and dresses the response.
pub(super) async fn guard(request: Request<Body>, next: Next) -> Response {
    if let Err(why) = check(request.method(), request.headers()) {
        return (StatusCode::FORBIDDEN, why).into_response();
    }
    let mut response = next.run(request).await;
    dress(response.headers_mut());
    response
}

fn dress(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, axum::http::HeaderValue::from_static(value));
    }
}

fn check(method: &Method, headers: &HeaderMap) -> Result<(), &'static str> {
    let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    let host = text(header::HOST).ok_or("A request needs a Host header.")?;
    if !is_loopback(host) {
        return Err("The playground answers only under 127.0.0.1, [::1] or localhost.");
    }
    if *method == Method::GET || *method == Method::HEAD {
        return Ok(());
    }
    if let Some(origin) = text(header::ORIGIN)
        && origin.strip_prefix("http://") != Some(host)
    {
        return Err("Only the playground's own page may change something here.");
    }
    if !headers.contains_key(MARK) {
        return Err("Only the playground's own page may change something here.");
    }
    Ok(())
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    matches!(name, "127.0.0.1" | "::1" | "localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse().expect("name"), v.parse().expect("value"))).collect()
    }

    #[test]
    fn pictures_in_messages_are_shown_and_nothing_else_comes_from_outside_the_server() {
        let mut headers = HeaderMap::new();
        dress(&mut headers);
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        let parts: Vec<&str> = policy.split("; ").collect();
        assert!(parts.contains(&"default-src 'self'"), "{policy}");
        assert!(parts.contains(&"img-src 'self' data:"), "{policy}");
        assert_eq!(policy.matches("data:").count(), 1, "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    }

    #[test]
    fn only_loopback_names_are_answered() {
        assert!(check(&Method::GET, &headers(&[("host", "127.0.0.1:7420")])).is_ok());
        assert!(check(&Method::GET, &headers(&[("host", "[::1]:7420")])).is_ok());
        assert!(check(&Method::GET, &headers(&[("host", "evil.example:7420")])).is_err());
        assert!(check(&Method::GET, &headers(&[("host", "127.0.0.1.evil.example")])).is_err());
        assert!(check(&Method::GET, &headers(&[])).is_err());
    }

    #[test]
    fn a_post_needs_our_mark_and_our_origin() {
        let ours = [("host", "localhost:1"), ("origin", "http://localhost:1"), ("x-roundtable", "1")];
        assert!(check(&Method::POST, &headers(&ours)).is_ok());
        assert!(check(&Method::POST, &headers(&ours[..2])).is_err());
        let foreign = [("host", "localhost:1"), ("origin", "http://evil.example"), ("x-roundtable", "1")];
        assert!(check(&Method::POST, &headers(&foreign)).is_err());
        let null = [("host", "localhost:1"), ("origin", "null"), ("x-roundtable", "1")];
        assert!(check(&Method::POST, &headers(&null)).is_err());
    }
}
