//! The form for the finer rules of forming groups.

use super::programs::choices;
use crate::chat::{Field, FieldKind, Form, Message, command};
use crate::domain::formation::{IndustryWish, Rules};
use crate::store::programs::Program;

/// The form, filled with the rules of today.
pub(in crate::core) fn form(program: &Program, rules: &Rules) -> Form {
    let number = |min, max| FieldKind::Number { min, max };
    let industry = match rules.mentor_industry {
        IndustryWish::Same => "same",
        IndustryWish::Mixed => "mixed",
        IndustryWish::Ignore => "ignore",
    };
    let weights: Vec<String> =
        rules.weights.by_name().iter().map(|(name, number)| format!("{name} {number}")).collect();
    Form {
        title: "Rules for groups".into(),
        command: format!("program rules {}", program.slug),
        intro: vec!["They hold for proposals from now on. Groups that exist stay as they are.".into()],
        submit: "Save".into(),
        fields: vec![
            Field::new("fewest_mentors", "Fewest mentors in a group", number(1, 5))
                .value(rules.min_mentors.to_string()),
            Field::new("slot", "Hours that a meeting needs without a break", number(1, 24))
                .value(rules.slot_hours.to_string()),
            Field::new("quorum", "Percent of the participants who must be free", number(1, 100))
                .value(rules.quorum_percent.to_string())
                .hint("100 is everybody; mentors are always needed"),
            Field::new("zones", "Most hours between time zones", number(0, 24))
                .value(rules.max_zone_spread.unwrap_or(0).to_string())
                .hint("0 is no limit"),
            Field::new("per_organisation", "Most people of one organisation", number(0, 30))
                .value(rules.per_organisation.to_string())
                .hint("0 is no limit beyond the settings"),
            Field::new("per_department", "Most people of one department", number(0, 30))
                .value(rules.per_department.to_string())
                .hint("0 is no limit beyond the settings"),
            Field::new(
                "same_manager",
                "People with the same manager",
                choices([("apart", "Never share a group"), ("free", "May share a group")]),
            )
            .value(if rules.same_manager_apart { "apart" } else { "free" }),
            Field::new(
                "mentor_industry",
                "The mentor's industry beside the participants'",
                choices([("same", "The same"), ("mixed", "Another one"), ("ignore", "Does not matter")]),
            )
            .value(industry),
            Field::new(
                "weights",
                "How much each thing counts",
                FieldKind::Text { max: 400, multiline: true },
            )
            .value(weights.join(", "))
            .hint("Such as needs 50, levels 10; 0 switches one off, usual sets all back"),
        ],
    }
}

/// The rules were saved.
pub(in crate::core) fn saved(program: &Program) -> Message {
    Message::new().words(format!("The rules of {} are saved.", program.name)).text([
        "See what they make of the groups with ".into(),
        command(format!("groups preview {}", program.slug)),
        ".".into(),
    ])
}
