//! What is known of each method of Slack's Web API that we call: how it wants its arguments, how often it may be
//! called, whether calling it twice does harm. Invariant: an unknown method gets the strictest of everything.

/// How Slack limits a method, per workspace and app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tier {
    /// About one call a minute.
    One,
    /// 20 calls a minute.
    Two,
    /// 50 calls a minute.
    Three,
    /// 100 calls a minute.
    Four,
    /// One message a second in a conversation, and several hundred a minute in a workspace.
    Post,
}

/// How a method takes its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// In the address; such methods only read and know no JSON.
    Query,
    /// As a JSON body.
    Json,
}

/// What is known of a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// How often it may be called.
    pub tier: Tier,
    /// How it takes its arguments.
    pub shape: Shape,
    /// Whether calling it again does no harm when nobody knows whether it was carried out.
    pub repeatable: bool,
}

/// Looks a method up by its name.
pub fn method(name: &str) -> Method {
    let (tier, shape, repeatable) = match name {
        "chat.postMessage" => (Tier::Post, Shape::Json, false),
        "users.info"
        | "users.profile.get"
        | "conversations.members"
        | "auth.test"
        | "files.getUploadURLExternal" => (Tier::Four, Shape::Query, true),
        "views.publish" | "views.update" => (Tier::Four, Shape::Json, true),
        "views.open" | "views.push" | "chat.postEphemeral" | "files.completeUploadExternal" => {
            (Tier::Four, Shape::Json, false)
        }
        "conversations.info"
        | "conversations.history"
        | "conversations.replies"
        | "users.lookupByEmail"
        | "team.info"
        | "bots.info" => (Tier::Three, Shape::Query, true),
        "chat.update" | "conversations.open" | "conversations.invite" | "conversations.kick" => {
            (Tier::Three, Shape::Json, true)
        }
        "users.list" | "users.conversations" | "conversations.list" => (Tier::Two, Shape::Query, true),
        "conversations.setTopic" | "pins.add" | "pins.remove" | "reactions.add" => {
            (Tier::Two, Shape::Json, true)
        }
        "apps.connections.open" => (Tier::One, Shape::Json, true),
        _ => (Tier::Two, Shape::Json, false),
    };
    Method { tier, shape, repeatable }
}

/// How many calls a minute, and how many of them at once. Both together stay within what is published for any
/// sixty seconds, because a strict server counts them so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Calls a minute in the long run.
    pub per_minute: u32,
    /// Calls that may come together after a rest.
    pub burst: u32,
}

/// The rates to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Messages in one workspace.
    pub posts: Rule,
    /// Messages in one conversation.
    pub posts_in_one: Rule,
    /// Every other rate is this many times the published one: 1, except against a stand-in that allows more.
    pub haste: u32,
}

impl Rates {
    /// What Slack publishes; "several hundred messages a minute" is read as 300.
    pub const PUBLISHED: Self = Self {
        posts: Rule { per_minute: 294, burst: 5 },
        posts_in_one: Rule { per_minute: 60, burst: 3 },
        haste: 1,
    };

    /// The published rates and bursts, `haste` times as large: for a stand-in that allows so much more.
    #[must_use]
    pub const fn hastened(haste: u32) -> Self {
        const fn faster(rule: Rule, haste: u32) -> Rule {
            Rule { per_minute: rule.per_minute * haste, burst: rule.burst * haste }
        }
        let published = Self::PUBLISHED;
        Self {
            posts: faster(published.posts, haste),
            posts_in_one: faster(published.posts_in_one, haste),
            haste,
        }
    }

    /// The rule for all calls of a tier in one workspace.
    pub const fn of(&self, tier: Tier) -> Rule {
        let (per_minute, burst) = match tier {
            Tier::Post => return self.posts,
            Tier::One => (1, 1),
            Tier::Two => (18, 2),
            Tier::Three => (47, 3),
            Tier::Four => (95, 5),
        };
        Rule { per_minute: per_minute * self.haste, burst: burst * self.haste }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_holds_more_calls_than_slack_publishes() {
        let published = [(Tier::Two, 20), (Tier::Three, 50), (Tier::Four, 100), (Tier::Post, 300)];
        for (tier, most) in published {
            let rule = Rates::PUBLISHED.of(tier);
            assert!(rule.per_minute + rule.burst <= most, "{tier:?}: {rule:?}");
        }
    }

    #[test]
    fn what_makes_something_new_is_never_repeated_in_doubt() {
        for name in ["chat.postMessage", "chat.postEphemeral", "conversations.create", "views.open"] {
            assert!(!method(name).repeatable, "{name}");
        }
        assert!(!method("something.unheardOf").repeatable);
        assert!(method("chat.update").repeatable && method("conversations.history").repeatable);
    }
}
