//! What a message may be: its words, parts and files, and the mark that makes it one.

use serde_json::{Value, json};

use super::{BEN, Desk, button, list, options, row, said};
use crate::discord::fake::TOKEN;
use crate::harness::start;

#[tokio::test]
async fn every_planted_breach_of_a_message_is_refused_and_noted() {
    let desk = Desk::new().await;
    let x = |n: usize| "x".repeat(n);
    let embed = |value: Value| json!({ "embeds": [value] });
    let field = |value: Value| json!({ "embeds": [{ "fields": [value] }] });
    let parts = |value: Vec<Value>| json!({ "components": value });
    let planted = [
        json!({ "content": x(2_001) }),
        json!({ "colour": "red" }),
        json!({ "flags": 64 }),
        json!({ "nonce": x(26) }),
        json!({ "enforce_nonce": false }),
        json!({ "allowed_mentions": null }),
        json!({ "allowed_mentions": { "parse": ["everyone"] } }),
        json!({ "allowed_mentions": { "parse": ["users"], "users": [BEN] } }),
        json!({ "allowed_mentions": { "users": [7] } }),
        embed(json!({ "title": x(257) })),
        embed(json!({ "description": x(4_097) })),
        embed(json!({ "footer": { "text": x(2_049) } })),
        embed(json!({ "color": 0x0100_0000 })),
        embed(json!({ "url": "javascript:alert(1)" })),
        field(json!({ "name": x(257), "value": "x" })),
        field(json!({ "name": "x", "value": "" })),
        field(json!({ "name": "x", "value": x(1_025) })),
        json!({ "embeds": vec![json!({ "title": "x" }); 11] }),
        json!({ "embeds": vec![json!({ "description": x(3_100) }); 2] }),
        parts((0..6).map(|n| row(vec![button(&n.to_string())])).collect()),
        parts(vec![row((0..6).map(|n| button(&n.to_string())).collect())]),
        parts(vec![row(vec![])]),
        parts(vec![button("a")]),
        parts(vec![row(vec![button("a"), button("a")])]),
        parts(vec![row(vec![button(&x(101))])]),
        parts(vec![row(vec![button("")])]),
        parts(vec![row(vec![json!({ "type": 2, "style": 1, "label": x(81), "custom_id": "a" })])]),
        parts(vec![row(vec![json!({ "type": 2, "style": 1, "custom_id": "a" })])]),
        parts(vec![row(vec![json!({ "type": 2, "style": 5, "label": "x", "url": "ftp://x" })])]),
        parts(vec![row(vec![
            json!({ "type": 2, "style": 5, "label": "x", "url": "https://x", "custom_id": "a" }),
        ])]),
        parts(vec![row(vec![json!({ "type": 4, "custom_id": "a", "label": "x", "style": 1 })])]),
        parts(vec![list(&json!({ "options": options(26) }))]),
        parts(vec![list(&json!({ "options": [] }))]),
        parts(vec![list(&json!({ "options": [{ "label": x(101), "value": "1" }] }))]),
        parts(vec![list(
            &json!({ "options": [{ "label": "1", "value": "1" }, { "label": "2", "value": "1" }] }),
        )]),
        parts(vec![list(&json!({ "placeholder": x(151) }))]),
        parts(vec![list(&json!({ "max_values": 3 }))]),
        parts(vec![list(&json!({ "min_values": 2 }))]),
        json!({ "flags": 32_768, "components": [{ "type": 10, "content": "x" }] }),
        json!({ "flags": 32_768, "content": null, "components": [{ "type": 10, "content": x(4_001) }] }),
        json!({ "components": [{ "type": 10, "content": "x" }] }),
        json!({ "attachments": [{ "id": 0, "filename": "a.txt" }] }),
    ];
    for (n, more) in planted.into_iter().enumerate() {
        let breach = desk.noted("POST", &desk.messages(), &said(more.clone())).await;
        assert_eq!(breach, (50_035, 1), "breach {n}: {more}");
    }
    assert_eq!(desk.noted("POST", &desk.messages(), &said(json!({ "content": "" }))).await, (50_006, 1));
    let fair = said(json!({
        "embeds": [{ "title": "Card", "fields": [{ "name": "When", "value": "soon" }] }],
        "components": [row(vec![button("a"), button("b")]), list(&json!({ "max_values": 2, "min_values": 0 }))],
    }));
    assert_eq!(desk.code("POST", &desk.messages(), &fair).await, 0);
    let made_of_parts = json!({
        "flags": 32_768, "nonce": "n2", "enforce_nonce": true, "allowed_mentions": { "parse": [] },
        "components": [{ "type": 17, "components": [{ "type": 10, "content": "x" }, { "type": 14 }, row(vec![button("a")])] }],
    });
    assert_eq!(desk.code("POST", &desk.messages(), &made_of_parts).await, 0);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn the_same_mark_gives_the_same_message_for_a_few_minutes() {
    let desk = Desk::new().await;
    let first = desk.call("POST", &desk.messages(), &said(json!({}))).await.1;
    let second = desk.call("POST", &desk.messages(), &said(json!({ "content": "other" }))).await.1;
    assert_eq!((&first["id"], &second["content"]), (&second["id"], &json!("words")));
    assert_eq!(first["nonce"], "n1");
    desk.clock.turn_to(start().plus_secs(301));
    let third = desk.call("POST", &desk.messages(), &said(json!({}))).await.1;
    assert_ne!(first["id"], third["id"]);
    let all = desk.call("GET", &desk.messages(), &Value::Null).await.1;
    assert_eq!(all.as_array().map(Vec::len), Some(2));
    assert_eq!(all[0]["id"], third["id"], "the newest first");
    assert_eq!(all[0].get("nonce"), None, "and history tells no marks");
    let before = format!("{}?limit=1&before={}", desk.messages(), third["id"].as_str().expect("an id"));
    assert_eq!(desk.call("GET", &before, &Value::Null).await.1[0]["id"], first["id"]);
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn files_come_beside_the_words() {
    let desk = Desk::new().await;
    let payload = |id: u64| {
        said(
            json!({ "nonce": format!("n{id}"), "attachments": [{ "id": id, "filename": "a.ics", "description": "A calendar" }] }),
        )
    };
    let form = |body: Value| {
        let file = reqwest::multipart::Part::bytes(b"BEGIN\r\n--x\r\nEND".to_vec()).file_name("a.ics");
        let file = file.mime_str("text/calendar").expect("a media type");
        reqwest::multipart::Form::new().text("payload_json", body.to_string()).part("files[0]", file)
    };
    let send = |body: Value| {
        let url = format!("{}/api/v10{}", desk.fake.api_url(), desk.messages());
        let request = desk.client.post(url).header("authorization", format!("Bot {TOKEN}"));
        async move { request.multipart(form(body)).send().await.expect("an answer").status().as_u16() }
    };
    assert_eq!(send(payload(0)).await, 200);
    let files = desk.fake.world().channel(&desk.room).messages[0].files.clone();
    assert_eq!((files[0].name.as_str(), files[0].bytes.as_slice()), ("a.ics", &b"BEGIN\r\n--x\r\nEND"[..]));
    assert_eq!(desk.fake.sights(BEN, 0)[0].text, "words\n[a.ics: A calendar]");
    assert_eq!(send(payload(1)).await, 400, "a file that did not come is described");
    assert_eq!(desk.fake.take_findings().len(), 1);
}
