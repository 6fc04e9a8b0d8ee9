//! Requests over HTTP, signed and not. Invariant: what is not believed has no effect.

use serde_json::json;

use super::*;

fn form(body: &str) -> Delivery {
    delivery("application/x-www-form-urlencoded", body.as_bytes()).expect("it can be read")
}

#[test]
fn the_content_type_tells_events_from_commands_and_interactions() {
    let event = json!({"type": "url_verification", "challenge": "word"}).to_string();
    let event = delivery("application/json; charset=utf-8", event.as_bytes()).expect("it can be read");
    assert!(matches!(event.what, What::Challenge(word) if word == "word"));
    let command =
        form("team_id=T1&user_id=U1&user_name=ada&channel_id=C1&trigger_id=1.2&text=help+me%20%26%C3%BC");
    assert_eq!((command.workspace.as_str(), command.key.as_str()), ("T1", "c:1.2"));
    let What::Errand(errand) = command.what else { panic!("not a command") };
    assert!(serde_json::to_string(&errand).unwrap().contains("help me &ü"));
    let payload = r#"{"type":"view_closed","team":{"id":"T1"}}"#.replace('"', "%22").replace('{', "%7B");
    assert!(matches!(form(&format!("payload={payload}")).what, What::Nothing));
}

#[test]
fn what_cannot_be_read_is_refused_and_never_a_panic() {
    for (kind, body) in [
        ("application/json", "{\"type\": \"event_callb"),
        ("application/x-www-form-urlencoded", "payload=%7B"),
        ("text/plain", "hello"),
        ("", ""),
    ] {
        assert!(delivery(kind, body.as_bytes()).is_none(), "{kind} {body}");
    }
    assert!(delivery("application/x-www-form-urlencoded", b"text=\xff\xfe").is_none());
    let empty = form("");
    assert!(matches!(empty.what, What::Unknown(_)));
}

#[test]
fn percent_signs_that_mean_nothing_stay() {
    assert_eq!(decoded("100%"), "100%");
    assert_eq!(decoded("%zz%4"), "%zz%4");
    assert_eq!(decoded("%"), "%");
    assert_eq!(decoded("a%2Bb+c"), "a+b c");
    assert_eq!(decoded("%ff"), "\u{fffd}");
}

#[test]
fn slacks_check_of_a_commands_address_is_known() {
    assert!(is_check("application/x-www-form-urlencoded", b"ssl_check=1&token=x"));
    assert!(!is_check("application/x-www-form-urlencoded", b"text=ssl_check"));
    assert!(!is_check("application/json", b"ssl_check=1"));
}

#[tokio::test]
async fn a_body_over_a_mebibyte_is_not_read_whether_or_not_it_says_so() {
    let mut headers = HeaderMap::new();
    let large = || Body::from(vec![b'x'; MOST_BYTES + 1]);
    assert_eq!(read(&headers, large()).await, Err(StatusCode::PAYLOAD_TOO_LARGE));
    assert!(read(&headers, Body::from(vec![b'x'; MOST_BYTES])).await.is_ok());
    headers.insert(header::CONTENT_LENGTH, "20971520".parse().unwrap());
    assert_eq!(read(&headers, Body::empty()).await, Err(StatusCode::PAYLOAD_TOO_LARGE));
}

#[test]
fn slack_is_told_by_status_and_body_what_became_of_a_delivery() {
    assert_eq!(answer(Ack::Plain).status(), StatusCode::OK);
    assert_eq!(answer(Ack::Withhold).status(), StatusCode::SERVICE_UNAVAILABLE);
    let said = answer(Ack::Say(json!({"challenge": "x"})));
    assert_eq!(said.headers()[header::CONTENT_TYPE], "application/json");
    for why in [Unsigned::Missing, Unsigned::Stale, Unsigned::Wrong] {
        assert_eq!(refusal(why).0, StatusCode::UNAUTHORIZED);
    }
}
