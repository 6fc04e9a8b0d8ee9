//! Which way an interaction takes from the counter. Invariant: what was typed into a form is in no inbox.

use super::envelope::How;
use crate::adapters::discord::render::{Filed, Press, read_component, read_modal};

/// Which way an interaction takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Through the inbox.
    Kept,
    /// At once: it holds what somebody typed, or belongs to a form. `over` when its answer takes the place of the
    /// form's present step.
    AtOnce { over: bool },
    /// At once, or not at all.
    Suggest,
}

/// The way of one.
pub(super) fn way(how: &How) -> Way {
    match how {
        How::Command { .. } => Way::Kept,
        How::Suggest { .. } => Way::Suggest,
        How::Press { data, .. } => match read_component(data).map(|pressed| pressed.press) {
            Some(Press::Form { .. }) => Way::AtOnce { over: true },
            _ => Way::Kept,
        },
        How::Filed { data, over } => {
            // Only a step of a form stands on a message that is its own to change.
            let step = matches!(read_modal(data).map(|filed| filed.filed), Some(Filed::Step { .. }));
            Way::AtOnce { over: *over && step }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_typed_into_a_window_never_goes_through_the_inbox() {
        for id in ["profile", "~f:profile", "!form:m0", "?", ""] {
            let data = json!({"data": {"custom_id": id, "components": []}});
            for over in [true, false] {
                assert!(matches!(way(&How::Filed { data: data.clone(), over }), Way::AtOnce { .. }), "{id}");
            }
        }
    }

    #[test]
    fn only_the_step_of_a_form_is_changed_in_place() {
        let press = |id: &str| How::Press {
            data: json!({"data": {"custom_id": id, "component_type": 2, "values": []}}),
            message: "1".into(),
            private: true,
        };
        assert_eq!(way(&press("!form:n0")), Way::AtOnce { over: true });
        assert_eq!(way(&press("inbox")), Way::Kept);
        assert_eq!(way(&press("~?:?")), Way::Kept, "what nobody knows is answered as outdated");
    }
}
