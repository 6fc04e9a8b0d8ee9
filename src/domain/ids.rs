//! Names of things. An id is time-sorted text that the program makes itself; one kind of id never fits another.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes text as it is; whether such a thing exists is for the store to say.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

id!(
    /// A Slack workspace, a Discord guild or the playground.
    WorkspaceId
);
id!(
    /// A human being, whatever accounts they use.
    PersonId
);
id!(
    /// A person's presence in one workspace.
    AccountId
);
id!(
    /// A mentoring programme.
    ProgramId
);
id!(
    /// A proposed set of groups.
    PlanId
);
id!(
    /// A group of a program.
    GroupId
);
id!(
    /// A group's conversation in one workspace.
    RoomId
);
id!(
    /// One meeting of a group.
    MeetupId
);
id!(
    /// One pulse of a program.
    WaveId
);
id!(
    /// Something the bot owes somebody.
    NudgeId
);
