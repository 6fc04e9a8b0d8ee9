//! Proposals of which a change by hand reads and writes a part only.

use crate::harness::{Bot, Stage, days, has, lacks, scenarios};

const MENTORS: usize = 24;
const PARTICIPANTS: usize = 110;

/// The small programme with many more people, made from two of its own behind the bot's back.
async fn many(engine: Stage) -> Bot {
    let mut bot = Bot::small(engine).await;
    has(&bot.says("ada", "/mentor program settings pathways smallest=3 largest=5 mentors=1").await, "saved");
    for n in 0..MENTORS + PARTICIPANTS {
        let (id, name) = (format!("many{n:04}"), format!("Many {n}"));
        let like = if n < MENTORS { "Grace Hill" } else { "Ben Brook" };
        bot.meddle(
            "INSERT INTO persons (id, name, organisation, unit, industry, level, need, interests, needs, offers, languages, \
             zone, zone_chosen, availability, capacity, answer_hours, manager_id, send_from, send_to, workdays, quiet_from, \
             quiet_to, snooze_until, muted, profile_at, created_at, updated_at) \
             SELECT $1, $2, $2, unit, industry, level, need, interests, needs, offers, languages, zone, zone_chosen, \
             availability, capacity, answer_hours, manager_id, send_from, send_to, workdays, quiet_from, quiet_to, \
             snooze_until, muted, profile_at, created_at, updated_at FROM persons WHERE name = $3",
            &[&id, &name, like],
        ).await;
        bot.meddle(
            "INSERT INTO roles (program_id, person_id, role, granted_by, granted_at) SELECT r.program_id, $1, r.role, \
             r.granted_by, r.granted_at FROM roles r JOIN persons p ON p.id = r.person_id WHERE p.name = $2",
            &[&id, like],
        ).await;
    }
    bot
}

const SHEET: &str = "SELECT s.members FROM plan_sheets s JOIN plans p ON p.id = s.plan_id WHERE p.state = $1 \
                     ORDER BY s.number";

/// Ids of the people of each group of the proposal or of what was published; the mentor comes first.
async fn sheets(bot: &Bot, state: &str) -> Vec<Vec<String>> {
    let rows = bot.texts(SHEET, &[state]).await;
    rows.iter().map(|members| members.split_whitespace().map(str::to_owned).collect()).collect()
}

scenarios! {
    /// Rows: C46, A3
    async fn a_change_in_a_large_proposal_touches_its_groups_alone_and_publishing_judges_them_all(engine) {
        let mut bot = many(engine).await;
        has(&bot.says("ada", "/mentor groups preview pathways").await, "Proposed groups");
        let before = sheets(&bot, "draft").await;
        assert!(before.len() > 12, "{} groups", before.len());
        let (one, other) = (before[0][1].clone(), before[before.len() - 1][1].clone());
        let swapped = bot.says("ada", &format!("/mentor groups swap {one} {other} pathways")).await;
        has(&swapped, &format!("{} other groups stay as they are.", before.len() - 2));
        has(&swapped, "The mean fit ");
        has(&swapped, "How good is it?");
        assert_eq!(swapped.matches("Mentor: ").count(), 2, "{swapped}");
        let after = sheets(&bot, "draft").await;
        assert_eq!(after[1..after.len() - 1], before[1..before.len() - 1]);
        assert!(after[0].contains(&other) && after[after.len() - 1].contains(&one));
        // Rules are kept as in a small one: a group has its size, and pairs tied together stay together.
        let full = after.iter().position(|group| group.len() == 6);
        if let Some(full) = full {
            let stranger = after.iter().enumerate().find(|(at, group)| *at != full && group.len() > 4);
            if let Some((_, group)) = stranger {
                let refused = bot.says("ada", &format!("/mentor groups move {} {} pathways", group[1], full + 1)).await;
                has(&refused, "That would break a rule");
            }
        }
        let (tied, mate) = (after[0][1].clone(), after[0][2].clone());
        bot.says("ada", &format!("/mentor groups tie together {tied} {mate} pathways")).await;
        let torn = bot.says("ada", &format!("/mentor groups swap {tied} {} pathways", after[1][1])).await;
        has(&torn, "That would break a rule");
        assert_eq!(sheets(&bot, "draft").await, after, "a refused change changes nothing");
        let locked = bot.says("ada", &format!("/mentor groups lock {tied} program=pathways")).await;
        has(&locked, ", kept");
        has(&bot.says("ada", &format!("/mentor groups swap {tied} {} pathways", after[1][1])).await, "That would break a rule");
        bot.meddle("UPDATE persons SET manager_id = $2 WHERE id = $1", &[&after[2][1], &after[3][0]]).await;
        let under = bot.says("ada", &format!("/mentor groups swap {} {} pathways", after[2][1], after[3][1])).await;
        has(&under, "in one reporting line");
        has(&bot.says("ada", "/mentor groups publish pathways yes").await, "are real");
        let published = sheets(&bot, "published").await;
        let seats = |mut groups: Vec<Vec<String>>| {
            for group in &mut groups {
                group.sort();
            }
            groups
        };
        assert_eq!(seats(published), seats(after));
        let group = bot.texts("SELECT m.person_id FROM members m JOIN groups g ON g.id = m.group_id WHERE g.number = 1 ORDER BY m.person_id", &[]).await;
        assert!(group.contains(&other) && !group.contains(&one), "{group:?}");
        has(&bot.says("ada", "/mentor groups replay pathways").await, "1 change by hand");
        bot.advance(days(1)).await;
        lacks(&bot.inbox("ada").await.join("\n"), "no longer keep every rule");
    }
}
