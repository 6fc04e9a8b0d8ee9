//! Which limits a call draws from, read from its method and its address. Invariant: two calls that Discord may count
//! together never get different lanes before Discord itself has named their buckets.

use std::sync::Arc;

/// What a call shares its limit with: the same route, for the same channel, server, or webhook with its token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lane {
    /// Method and path with `{}` for what differs, as in `POST channels/{}/messages`.
    pub route: Arc<str>,
    /// The channel, server or webhook that Discord counts on its own; empty when there is none.
    pub major: Arc<str>,
    /// Whether it answers an interaction: those are outside the limit of the whole bot.
    pub exempt: bool,
}

impl Lane {
    /// The lane of a call to a path such as `/api/v10/channels/1/messages`; a query is not looked at.
    pub fn new(method: &str, path: &str) -> Self {
        let path = path.split('?').next().unwrap_or_default();
        let mut parts = path.split('/').filter(|part| !part.is_empty()).peekable();
        if parts.next_if_eq(&"api").is_some() {
            parts.next_if(|part| is_version(part));
        }
        let parts: Vec<&str> = parts.collect();
        let top = parts.first().copied().unwrap_or_default();
        let keyed = match top {
            "channels" | "guilds" => 2,
            "webhooks" | "interactions" => 3,
            _ => 1,
        };
        let mut route = format!("{method} {top}");
        for (index, part) in parts.iter().enumerate().skip(1) {
            route.push('/');
            route.push_str(if index < keyed || is_id(part) { "{}" } else { part });
        }
        let major = parts.get(1..keyed.min(parts.len())).unwrap_or_default().join("/");
        let exempt = top == "interactions" || top == "webhooks" && parts.len() > 2;
        Self { route: route.into(), major: major.into(), exempt }
    }
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v')
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

fn is_id(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(method: &str, path: &str) -> (String, String, bool) {
        let lane = Lane::new(method, path);
        (lane.route.to_string(), lane.major.to_string(), lane.exempt)
    }

    #[test]
    fn a_lane_knows_the_channel_or_server_and_no_other_id() {
        let made = lane("PATCH", "/api/v10/channels/11/messages/22?with=1");
        assert_eq!(made, ("PATCH channels/{}/messages/{}".into(), "11".into(), false));
        let made = lane("PUT", "/api/v10/channels/11/thread-members/33");
        assert_eq!(made, ("PUT channels/{}/thread-members/{}".into(), "11".into(), false));
        let made = lane("GET", "/api/v10/guilds/5/threads/active");
        assert_eq!(made, ("GET guilds/{}/threads/active".into(), "5".into(), false));
        let made = lane("POST", "/api/v10/users/@me/channels");
        assert_eq!(made, ("POST users/@me/channels".into(), String::new(), false));
    }

    #[test]
    fn answers_to_interactions_are_counted_by_their_token_and_not_with_the_rest() {
        let made = lane("PATCH", "/api/v10/webhooks/9/tok-A_1/messages/@original");
        assert_eq!(made, ("PATCH webhooks/{}/{}/messages/@original".into(), "9/tok-A_1".into(), true));
        let made = lane("POST", "/api/v10/interactions/7/tok/callback");
        assert_eq!(made, ("POST interactions/{}/{}/callback".into(), "7/tok".into(), true));
        assert!(!Lane::new("GET", "/api/v10/webhooks/9").exempt);
    }

    #[test]
    fn the_method_tells_lanes_apart() {
        assert_ne!(
            Lane::new("GET", "/api/channels/1/messages"),
            Lane::new("POST", "/api/channels/1/messages")
        );
    }
}
