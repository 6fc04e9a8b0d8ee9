//! Forms that are asked in steps, when something goes wrong on the way: what was typed is never lost.

use super::fake::Control;
use crate::harness::discord::{id_of, until};
use crate::harness::{Bot, Stage, has};

/// Something that somebody can press now.
fn control(bot: &Bot, handle: &str, is: impl Fn(&Control) -> bool) -> Control {
    let all = bot.discord().fake().controls(&id_of(handle));
    all.into_iter().find(|control| is(control)).expect("something to press")
}

async fn press(bot: &Bot, handle: &str, control: &Control) -> String {
    let mark = bot.discord().fake().world().mark();
    assert!(bot.discord().fake().press(&id_of(handle), control, &[]).await.ack.is_some());
    let seen = || bot.discord().fake().sights(&id_of(handle), mark);
    until("nothing is shown", || async { !seen().is_empty() }).await;
    seen().into_iter().map(|sight| sight.text).collect::<Vec<_>>().join("\n")
}

/// The button of a step that goes on, or sends the form.
fn goes_on(control: &Control) -> bool {
    let id = control.element["custom_id"].as_str().unwrap_or_default();
    id.starts_with('!') && id.contains(":n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_could_not_be_taken_keeps_every_word_and_is_sent_again() {
    let mut bot = Bot::small_group(Stage::Discord).await;
    let rail = "SELECT count(*) FROM persons WHERE industry = 'rail'";
    bot.says("ben", "/mentor profile").await;
    let away = "CREATE TRIGGER away BEFORE INSERT ON inbound BEGIN SELECT RAISE(ABORT, 'away'); END";
    bot.meddle(away, &[]).await;
    let said = bot.fill("ben", &[("industry", "rail")]).await;
    has(&said, "Something broke on my side");
    has(&said, "Back to the form");
    assert_eq!(bot.number(rail, &[]).await, 0);
    bot.meddle("DROP TRIGGER away", &[]).await;
    let back = control(&bot, "ben", |control| control.label == "Back to the form");
    has(&press(&bot, "ben", &back).await, "Step ");
    has(&press(&bot, "ben", &control(&bot, "ben", goes_on)).await, "saved");
    assert_eq!(bot.number(rail, &[]).await, 1, "with every word");
    assert!(bot.texts("SELECT id FROM discord_forms", &[]).await.is_empty(), "and then it is forgotten");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_was_left_half_way_goes_on_there_after_a_restart() {
    let mut bot = Bot::small_group(Stage::Discord).await;
    has(&bot.says("ben", "/mentor profile").await, "Step 1 of");
    has(&press(&bot, "ben", &control(&bot, "ben", goes_on)).await, "Step 2 of");
    bot.restart().await;
    has(&bot.says("ben", "/mentor profile").await, "Step 2 of");
    assert_eq!(bot.number("SELECT count(*) FROM discord_forms", &[]).await, 1, "and there is only one");
}
