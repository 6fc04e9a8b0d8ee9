//! How many connections to open, and where. Discord lets a bot begin a thousand sessions a day and takes its token away
//! when it begins more, so what is left is looked at first. Invariant: an address is one of a WebSocket, or there is
//! none at all.

use std::time::Duration;

use serde_json::Value;

use crate::adapters::discord::transport::{Call, CallError, Rest, Route, Urgency};

/// Sessions that are left alone for whoever sets the bot right.
const SPARE: u64 = 5;
/// It is looked again after this long at the latest.
const LONGEST_WAIT: Duration = Duration::from_mins(15);
/// More shards than this no bot has.
const MOST_SHARDS: u64 = 4_096;

/// There is no address to connect to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no address to connect to: \"{0}\" does not begin with wss:// or ws://; check discord.gateway"
)]
pub struct PlanFault(pub String);

/// What Discord recommends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Where to.
    pub address: String,
    /// How many connections.
    pub shards: u32,
    /// How many may begin a session at the same time.
    pub doors: u32,
    /// How long to wait first, because hardly any session is left.
    pub wait: Option<Duration>,
}

/// Asks Discord.
pub async fn plan(rest: &Rest) -> Result<Plan, CallError> {
    let answer = rest.call(Call::get(Route::GatewayBot).urgency(Urgency::Reply)).await?;
    Ok(Plan::read(&answer))
}

impl Plan {
    /// Reads Discord's answer; what it does not say is as for a small bot.
    pub fn read(answer: &Value) -> Self {
        let number = |pointer: &str| answer.pointer(pointer).and_then(Value::as_u64);
        let shards = number("/shards").unwrap_or(1).clamp(1, MOST_SHARDS);
        let remaining = number("/session_start_limit/remaining").unwrap_or(u64::MAX);
        let reset = Duration::from_millis(number("/session_start_limit/reset_after").unwrap_or(0));
        let total = number("/session_start_limit/total").unwrap_or(u64::MAX);
        // Where the whole allowance is smaller than what is spared, nothing can be spared.
        let floor = shards.saturating_add(SPARE).min(total);
        let wait = (remaining < floor).then(|| reset.clamp(Duration::from_secs(1), LONGEST_WAIT));
        Self {
            address: answer["url"].as_str().unwrap_or_default().to_owned(),
            shards: u32::try_from(shards).unwrap_or(1),
            doors: number("/session_start_limit/max_concurrency")
                .and_then(|doors| u32::try_from(doors).ok())
                .map_or(1, |doors| doors.max(1)),
            wait,
        }
    }

    /// With the address that is configured, if there is one.
    pub fn at(mut self, configured: Option<&str>) -> Result<Self, PlanFault> {
        if let Some(configured) = configured {
            configured.clone_into(&mut self.address);
        }
        let address = self.address.trim_end_matches('/').to_owned();
        let good = ["wss://", "ws://"]
            .iter()
            .any(|scheme| address.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
        if good { Ok(Self { address, ..self }) } else { Err(PlanFault(address)) }
    }
}

/// Where to resume a session that was begun at `own`, as Discord says; nothing where that is no address of the same
/// kind at the same site.
pub fn resume_at(own: &str, said: &str) -> Option<String> {
    let (scheme, host) = parts(own)?;
    let (said_scheme, said_host) = parts(said)?;
    let is_beside = scheme == said_scheme && site(host) == site(said_host);
    is_beside.then(|| said.trim_end_matches('/').to_owned())
}

/// Scheme and authority of an address without a path.
fn parts(address: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.trim_end_matches('/');
    let plain = !host.is_empty() && !host.contains(['/', '?', '#', '@', '\\']);
    plain.then_some((scheme, host))
}

/// The last two labels of a name, with the port where it is not the usual one.
fn site(host: &str) -> &str {
    let host = host.strip_suffix(":443").unwrap_or(host);
    host.rmatch_indices('.').nth(1).map_or(host, |(dot, _)| &host[dot + 1..])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(shards: u64, remaining: u64, reset_ms: u64) -> Value {
        json!({"url": "wss://gateway.example", "shards": shards, "session_start_limit": {
            "total": 1000, "remaining": remaining, "reset_after": reset_ms, "max_concurrency": 1,
        }})
    }

    #[test]
    fn as_many_connections_as_discord_wants_at_its_address_or_ours() {
        let plan = Plan::read(&answer(3, 900, 0));
        assert_eq!((plan.shards, plan.wait), (3, None));
        assert_eq!(plan.clone().at(None).expect("an address").address, "wss://gateway.example");
        assert_eq!(plan.at(Some("ws://127.0.0.1:1/")).expect("an address").address, "ws://127.0.0.1:1");
    }

    #[test]
    fn the_last_sessions_of_a_day_are_not_used_up() {
        assert_eq!(Plan::read(&answer(1, 6, 90_000)).wait, None);
        assert_eq!(Plan::read(&answer(1, 5, 90_000)).wait, Some(Duration::from_secs(90)));
        assert_eq!(Plan::read(&answer(1, 0, 86_400_000)).wait, Some(LONGEST_WAIT));
        assert_eq!(Plan::read(&answer(1, 0, 0)).wait, Some(Duration::from_secs(1)));
    }

    #[test]
    fn a_session_is_resumed_where_discord_says_but_never_at_another_site() {
        let own = "wss://gateway.discord.example";
        let there = "wss://gateway-us-east1-b.discord.example";
        assert_eq!(resume_at(own, &format!("{there}/")).as_deref(), Some(there));
        for wrong in [
            "",
            "wss://",
            "ws://gateway.discord.example",
            "wss://gateway.elsewhere.example",
            "wss://discord.example.elsewhere.example",
            "wss://elsewhere.example/gateway.discord.example",
            "wss://elsewhere.example?.discord.example",
            "wss://name@gateway.discord.example",
            "wss://gateway.discord.example:444",
        ] {
            assert_eq!(resume_at(own, wrong), None, "{wrong}");
        }
        let with_port = "wss://gateway-eu.discord.example:443";
        assert_eq!(resume_at(own, with_port).as_deref(), Some(with_port));
        assert_eq!(resume_at("ws://127.0.0.1:7", "ws://127.0.0.1:7").as_deref(), Some("ws://127.0.0.1:7"));
    }

    #[test]
    fn an_answer_that_says_nothing_opens_one_connection_at_no_address() {
        let plan = Plan::read(&json!("?"));
        assert_eq!((plan.shards, plan.doors, plan.wait), (1, 1, None));
        assert!(plan.clone().at(None).is_err());
        assert!(plan.clone().at(Some("https://gateway.example")).is_err());
        assert!(plan.at(Some("wss://")).is_err());
        assert_eq!(Plan::read(&json!({"shards": 0})).shards, 1);
        assert_eq!(Plan::read(&json!({"shards": u64::MAX})).shards, 4_096);
    }
}
