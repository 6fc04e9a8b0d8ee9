//! The same for the gateway: who may begin a session, which shard hears what, what a resumed session is told, and
//! whose signature a post carries.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::{ADA, BEN, Desk, GUILD};
use crate::discord::fake::{APP, Options, TOKEN, public_key, signed};

/// What nobody waits longer for.
const SOON: Duration = Duration::from_secs(5);
/// Servers, direct messages, scheduled events.
const INTENTS: u64 = 1 | 1 << 12 | 1 << 16;

/// One connection of a bot.
struct Bot {
    socket: WebSocketStream<TcpStream>,
    heard: u64,
}

/// What came: a payload, the code of a close, or nothing more.
#[derive(Debug, PartialEq)]
enum Came {
    Payload(Value),
    Closed(u16),
    Gone,
}

impl Bot {
    async fn connect(desk: &Desk) -> Self {
        let url = desk.fake.gateway_url();
        let stream = TcpStream::connect(url.trim_start_matches("ws://")).await.expect("a connection");
        let (socket, _) = tokio_tungstenite::client_async(url, stream).await.expect("a socket");
        let mut bot = Self { socket, heard: 0 };
        assert_eq!(bot.payload().await["op"], 10);
        bot
    }

    async fn say(&mut self, value: &Value) {
        self.socket.send(Message::Text(value.to_string().into())).await.expect("it is open");
    }

    async fn came(&mut self) -> Came {
        match tokio::time::timeout(SOON, self.socket.next()).await.expect("something comes") {
            Some(Ok(Message::Text(text))) => {
                let value: Value = serde_json::from_str(&text).expect("JSON");
                self.heard = value["s"].as_u64().unwrap_or(self.heard);
                Came::Payload(value)
            }
            Some(Ok(Message::Close(frame))) => Came::Closed(frame.map_or(1005, |frame| frame.code.into())),
            _ => Came::Gone,
        }
    }

    async fn payload(&mut self) -> Value {
        match self.came().await {
            Came::Payload(value) => value,
            other => panic!("{other:?}"),
        }
    }

    async fn identify(&mut self, more: &Value) {
        let mut data = json!({
            "token": TOKEN, "intents": INTENTS, "properties": { "os": "linux", "browser": "x", "device": "x" },
            "shard": [0, 1],
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            data[key] = value.clone();
        }
        self.say(&json!({ "op": 2, "d": data })).await;
    }

    /// Begins a session: its id.
    async fn begin(&mut self, more: &Value) -> String {
        self.identify(more).await;
        let ready = self.payload().await;
        assert_eq!((ready["t"].as_str(), &ready["d"]["user"]["id"]), (Some("READY"), &json!(APP)));
        ready["d"]["session_id"].as_str().expect("a session").to_owned()
    }

    async fn name(&mut self) -> String {
        self.payload().await["t"].as_str().unwrap_or_default().to_owned()
    }
}

#[tokio::test]
async fn a_session_begins_only_as_discord_wants_it() {
    let desk = Desk::with(|options| Options { shards: 2, ..options }).await;
    for (wrong, code) in [
        (json!({ "token": "stolen" }), 4004),
        (json!({ "shard": [2, 2] }), 4010),
        (json!({ "shard": [0, 1] }), 4011),
        (json!({ "shard": [0, 2], "intents": 1_u64 << 40 }), 4013),
        (json!({ "shard": [0, 2], "intents": 3 }), 4014),
    ] {
        let mut bot = Bot::connect(&desk).await;
        bot.identify(&wrong).await;
        assert_eq!(bot.came().await, Came::Closed(code), "{wrong}");
    }
    for (payload, code) in [(json!({ "op": 3, "d": {} }), 4003), (json!({ "op": 77 }), 4001)] {
        let mut bot = Bot::connect(&desk).await;
        bot.say(&payload).await;
        assert_eq!(bot.came().await, Came::Closed(code));
    }
    let mut bot = Bot::connect(&desk).await;
    bot.say(&json!({ "op": 1, "d": "x".repeat(5_000) })).await;
    assert_eq!(bot.came().await, Came::Closed(4002));
    assert_eq!(desk.fake.take_findings().len(), 2);
    let mut bot = Bot::connect(&desk).await;
    bot.begin(&json!({ "shard": [0, 2] })).await;
    bot.identify(&json!({ "shard": [0, 2] })).await;
    while let Came::Payload(_) = bot.came().await {}
    assert_eq!(desk.fake.beginnings(), (1, 0));
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn each_shard_hears_its_own_servers_and_the_first_one_direct_messages() {
    let desk = Desk::with(|options| Options { shards: 3, ..options }).await;
    let mut guilds = vec![GUILD.to_owned()];
    for n in 1..3_u64 {
        let id = (GUILD.parse::<u64>().expect("a number") + (n << 22)).to_string();
        desk.fake.world().add_guild(&id, "Another", ADA, 0);
        guilds.push(id);
    }
    let mut told = Vec::new();
    for shard in 0..3 {
        let mut bot = Bot::connect(&desk).await;
        bot.begin(&json!({ "shard": [shard, 3] })).await;
        let create = bot.payload().await;
        assert_eq!(create["t"], "GUILD_CREATE");
        told.push(create["d"]["id"].as_str().expect("an id").to_owned());
        if shard == 0 {
            desk.fake.write(BEN, "hello");
            let said = bot.payload().await;
            assert_eq!((&said["t"], &said["d"]["content"]), (&json!("MESSAGE_CREATE"), &json!("hello")));
        } else {
            desk.fake.write(BEN, "hello");
            bot.say(&json!({ "op": 1, "d": null })).await;
            assert_eq!(bot.payload().await["op"], 11, "nothing before the heartbeat's answer");
        }
    }
    told.sort();
    guilds.sort();
    assert_eq!(told, guilds);
}

#[tokio::test]
async fn only_what_was_asked_for_is_told() {
    let desk = Desk::new().await;
    desk.fake.world().privileged = 1 << 1;
    let mut bot = Bot::connect(&desk).await;
    bot.begin(&json!({ "intents": 1 << 12 })).await;
    let gone = json!({ "guild_id": GUILD, "user": { "id": BEN } });
    desk.fake.tell(Some(GUILD), "GUILD_MEMBER_REMOVE", &gone);
    desk.fake.tell(Some(GUILD), "CHANNEL_DELETE", &json!({ "id": "1" }));
    desk.fake.tell(Some(GUILD), "INTERACTION_CREATE", &json!({ "id": "1" }));
    assert_eq!(bot.name().await, "INTERACTION_CREATE");
    let mut all = Bot::connect(&desk).await;
    all.begin(&json!({ "intents": 3 })).await;
    assert_eq!(all.name().await, "GUILD_CREATE");
    desk.fake.tell(Some(GUILD), "GUILD_MEMBER_REMOVE", &gone);
    assert_eq!(all.name().await, "GUILD_MEMBER_REMOVE");
}

#[tokio::test]
async fn a_resumed_session_misses_nothing_and_a_refused_one_begins_again() {
    let desk = Desk::new().await;
    let mut bot = Bot::connect(&desk).await;
    let session = bot.begin(&json!({})).await;
    assert_eq!(bot.name().await, "GUILD_CREATE");
    let heard = bot.heard;
    desk.fake.ask_to_reconnect();
    assert_eq!(bot.payload().await["op"], 7);
    assert_eq!(desk.fake.sessions(), 0);
    desk.fake.write(BEN, "meanwhile");
    let resume = |seq: u64| json!({ "op": 6, "d": { "token": TOKEN, "session_id": session, "seq": seq } });
    let mut again = Bot::connect(&desk).await;
    again.say(&resume(heard)).await;
    assert_eq!(again.payload().await["d"]["content"], "meanwhile");
    assert_eq!(again.name().await, "RESUMED");
    assert_eq!(desk.fake.beginnings(), (1, 1));
    desk.fake.reset_gateway();
    assert_eq!(again.came().await, Came::Gone);
    desk.fake.faults().next.refused_resumes = 1;
    let mut refused = Bot::connect(&desk).await;
    refused.say(&resume(heard)).await;
    assert_eq!(refused.payload().await, json!({ "op": 9, "d": false }));
    refused.begin(&json!({})).await;
    desk.fake.close_gateway(4000);
    while let Came::Payload(_) = refused.came().await {}
    desk.fake.faults().next.identify = vec![4014];
    let mut planned = Bot::connect(&desk).await;
    planned.identify(&json!({})).await;
    assert_eq!(planned.came().await, Came::Closed(4014));
    desk.fake.must_be_clean();
}

#[tokio::test]
async fn a_silent_connection_answers_no_heartbeat() {
    let desk = Desk::new().await;
    let mut bot = Bot::connect(&desk).await;
    bot.begin(&json!({ "intents": 0 })).await;
    bot.say(&json!({ "op": 1, "d": 1 })).await;
    assert_eq!(bot.payload().await["op"], 11);
    desk.fake.go_silent();
    bot.say(&json!({ "op": 1, "d": 1 })).await;
    let more = tokio::time::timeout(Duration::from_millis(100), bot.socket.next()).await;
    assert!(more.is_err(), "nothing comes: {more:?}");
    assert_eq!(desk.fake.sessions(), 0);
}

#[tokio::test]
async fn a_signed_post_carries_the_applications_own_signature() {
    let body = br#"{"type":1}"#;
    let headers = signed(1_799_053_200, body);
    let of = |name: &str| {
        headers.iter().find(|(own, _)| *own == name).map(|(_, v)| v.clone()).expect("it is there")
    };
    let key = public_key();
    let byte = |n: usize| u8::from_str_radix(&key[2 * n..2 * n + 2], 16).expect("it is written in hex");
    let key: [u8; 32] = std::array::from_fn(byte);
    let verifier = serenity::interactions_endpoint::Verifier::try_new(key).expect("a key");
    let (signature, stamp) = (of("x-signature-ed25519"), of("x-signature-timestamp"));
    assert!(verifier.verify(&signature, &stamp, body).is_ok());
    assert!(verifier.verify(&signature, &stamp, br#"{"type":2}"#).is_err());
    assert!(verifier.verify(&signature, "1799053201", body).is_err());
}
