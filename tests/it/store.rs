//! The store's suite: every statement of the store, on SQLite and on a real PostgreSQL, by the same words.
//! Invariant: a method of the store that the suite does not mention fails it.

use roundtable::store::{Engine, Store};

use crate::postgres;

// The paths are spelled out so that the file can be mounted from another test target.
#[path = "store/adapters.rs"]
mod adapters;
#[path = "store/credentials.rs"]
mod credentials;
#[path = "store/discord.rs"]
mod discord;
#[path = "store/groups.rs"]
mod groups;
#[path = "store/make.rs"]
pub(crate) mod make;
#[path = "store/nudges.rs"]
mod nudges;
#[path = "store/people.rs"]
mod people;
#[path = "store/presence.rs"]
mod presence;
#[path = "store/rest.rs"]
mod rest;
#[path = "store/sheets.rs"]
mod sheets;

/// An open SQLite store in a folder that goes away with the guard.
async fn sqlite() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("round table 100%.db");
    let store = Store::open(&path.to_string_lossy()).await.expect("the file opens");
    assert_eq!(store.engine(), Engine::Sqlite);
    store.migrate(None).await.expect("the tables are made");
    (folder, store)
}

/// An open PostgreSQL store, or nothing on a machine without PostgreSQL.
async fn server() -> Option<Store> {
    let store = Store::open(&postgres::database()?).await.expect("the database opens");
    assert_eq!(store.engine(), Engine::Postgres);
    store.migrate(None).await.expect("the tables are made");
    Some(store)
}

macro_rules! on_both_engines {
    ($($part:ident::$name:ident)+) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let (_folder, store) = super::sqlite().await;
                super::$part::$name(store.clone()).await;
                store.close().await;
            })+
        }

        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let Some(store) = super::server().await else { return };
                super::$part::$name(store.clone()).await;
                store.close().await;
            })+
        }
    };
}

on_both_engines! {
    people::workspaces_rooms_and_settings
    people::named_rules_of_the_tables_keep_their_names
    people::persons_are_kept_whole_and_found_by_what_people_type
    people::accounts_tell_where_a_person_can_be_reached
    people::programs_change_only_from_the_version_that_was_read
    people::roles_and_charters_are_kept_once
    credentials::an_application_waits_and_is_decided_about_once
    credentials::a_credential_waits_and_is_decided_about_once
    groups::plans_change_only_from_the_version_that_was_read
    groups::a_plan_keeps_what_it_was_made_from_until_it_is_dropped
    groups::two_sides_are_bound_in_one_way_at_a_time
    groups::members_come_leave_and_come_back
    groups::meetups_change_only_from_the_sequence_that_was_read
    groups::groups_are_counted_with_those_a_person_may_lead
    groups::meetups_are_planned_once_for_each_sequence
    groups::answers_and_needs_of_a_meetup_are_the_latest_ones
    groups::a_starter_is_offered_once_for_a_meetup_and_heard_by_who_is_there
    nudges::a_nudge_is_planned_once_for_its_key
    nudges::claims_take_what_is_due_in_order_and_only_once
    nudges::a_nudge_goes_from_claim_over_intent_to_done
    nudges::batches_move_only_the_claims_that_still_hold
    nudges::a_nudge_waits_again_or_ends_with_its_reason
    nudges::a_stale_attempt_changes_nothing
    nudges::doubt_is_looked_into_when_it_has_settled
    nudges::what_is_planned_can_be_withdrawn_and_hurried
    nudges::sent_messages_count_in_windows_of_a_day_a_week_and_a_month
    nudges::what_ended_long_ago_is_forgotten_and_nothing_else
    nudges::open_requests_wait_for_their_answer_and_posts_can_be_found_again
    nudges::two_dispatchers_share_two_thousand_nudges_without_a_double
    nudges::two_dispatchers_never_settle_the_same_doubt
    adapters::a_parcel_is_kept_once_for_its_delivery
    adapters::parcels_are_claimed_oldest_first_and_come_again_when_their_lease_runs_out
    adapters::two_workers_share_the_inbox_without_a_double
    adapters::ended_parcels_are_forgotten_after_a_while_and_waiting_ones_never
    adapters::an_installation_is_replaced_and_goes_without_its_token
    adapters::contacts_hold_the_direct_room_and_the_home_apart
    adapters::a_room_is_known_by_its_markers_and_by_its_id
    discord::consent_is_given_once_and_a_closed_door_opens_again
    discord::a_person_is_prompted_once_in_a_while
    discord::opened_direct_messages_are_counted_by_day
    discord::those_who_would_open_at_the_same_moment_wait_for_each_other
    discord::a_making_that_was_cut_short_is_known_again
    discord::rooms_homes_events_and_commands_are_remembered
    discord::a_form_in_steps_goes_on_stays_its_owners_and_is_forgotten_in_time
    presence::an_account_keeps_what_the_platform_says_and_goes_and_comes_once
    presence::of_two_accounts_in_one_workspace_the_one_that_is_there_counts
    presence::a_workspace_goes_and_comes_once_and_its_people_are_out_of_reach_meanwhile
    presence::a_room_is_lost_once_wanted_anew_and_forgets_what_was_in_the_old_one
    presence::one_card_of_a_room_is_on_its_way_at_a_time
    presence::what_waits_for_one_reason_is_hurried_in_all_programs
    presence::a_playground_room_says_another_topic
    sheets::a_plan_is_read_and_written_group_by_group
    sheets::of_two_searches_the_later_one_counts_and_is_asked_to_end
    sheets::a_person_has_one_wish_about_another_until_it_is_taken_back
    sheets::a_few_people_are_read_without_all_the_others
    rest::waves_move_on_only_from_the_state_that_was_read
    rest::only_a_wave_that_has_not_opened_is_taken_away
    rest::an_invitation_is_answered_once
    rest::answers_are_kept_under_keys_that_tell_nothing
    rest::answers_of_waves_that_closed_long_ago_are_forgotten
    rest::a_delivery_is_kept_once_and_forgotten_later
    rest::acts_are_listed_newest_first
    rest::the_export_holds_people_and_groups_and_no_pulse_answers
    rest::the_playgrounds_rooms_hold_messages_that_only_some_may_see
    rest::a_dropped_transaction_leaves_nothing_and_a_reading_one_sees_one_moment
    rest::writers_take_turns_and_none_is_lost
    rest::who_goes_first_waits_for_no_ordinary_work_but_what_is_under_way
}

#[test]
fn every_method_of_the_store_is_in_this_suite() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |folder: &str| -> String {
        let entries = std::fs::read_dir(root.join(folder)).expect("the folder is there");
        let files = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
        files.map(|path| std::fs::read_to_string(path).expect("text")).collect()
    };
    let suite = read("tests/it/store") + include_str!("store.rs");
    let store = read("src/store");
    let names: Vec<&str> = store
        .split("pub async fn ")
        .skip(1)
        .map(|rest| rest.split(['(', '<']).next().expect("a name").trim())
        .collect();
    assert!(names.len() > 100, "the search itself works: {}", names.len());
    let missing: Vec<&&str> = names.iter().filter(|name| !suite.contains(&format!("{name}("))).collect();
    assert!(missing.is_empty(), "the suite never calls {missing:?}");
}
