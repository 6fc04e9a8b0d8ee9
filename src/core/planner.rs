//! The planner: it turns meetups within the horizon into nudges. Running it again plans nothing twice, because the
//! nudges' keys are the meetup, the recipient and the civil slot.

use super::Core;
use super::owe::{Debt, To};
use super::rhythm::{allowed_from, reminder_at};
use crate::domain::civil::Instant;
use crate::domain::words::{NudgeKind, Role};
use crate::store::meetups::Meetup;
use crate::store::{StoreError, Tx};

/// Meetups planned in one transaction.
const AT_ONCE: i64 = 16;
/// How long before a meetup its members are asked what they need.
const NEED_HOURS: i64 = 96;
/// How long before a meetup its mentor is offered starters.
const OFFER_HOURS: i64 = 48;
/// How long before a meetup the starter is shared.
const SHARE_HOURS: i64 = 24;

impl Core {
    /// Plans nudges for the meetups whose time has come; false when there was nothing to plan.
    pub(super) async fn plan(&self, now: Instant) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let meetups = tx.list_meetups_to_plan(now, AT_ONCE).await?;
        for meetup in &meetups {
            self.plan_meetup(&mut tx, meetup, now).await?;
            let planned = Meetup { planned_sequence: meetup.sequence, ..meetup.clone() };
            tx.mark_meetup(&planned, meetup.sequence).await?;
        }
        tx.commit().await?;
        Ok(!meetups.is_empty())
    }

    async fn plan_meetup(&self, tx: &mut Tx, meetup: &Meetup, now: Instant) -> Result<(), StoreError> {
        let starts = meetup.starts_at;
        let mut plan: Vec<(NudgeKind, To, Instant, Instant)> = Vec::new();
        for room in tx.list_rooms_of(&meetup.group_id).await? {
            let to = || To::Room(room.id.clone());
            plan.push((NudgeKind::MeetupCard, to(), now.max(starts.minus_days(8)), starts));
            plan.push((NudgeKind::StarterShare, to(), starts.minus_hours(SHARE_HOURS), starts));
            plan.push((NudgeKind::MeetupSoon, to(), starts.minus_minutes(15), starts));
            plan.push((NudgeKind::MeetupAfter, to(), meetup.ends_at(), meetup.ends_at().plus_days(3)));
        }
        for (member, person) in tx.list_members_with_persons(&meetup.group_id).await? {
            let person = &person;
            let to = || To::Person(member.person_id.clone());
            let reminder = reminder_at(person, starts);
            plan.push((NudgeKind::MeetupReminder, to(), reminder, starts.minus_hours(1)));
            if member.role == Role::Mentor {
                // A day before the reminder, in the mentor's own hours: two messages on two days.
                let due = reminder_at(person, starts.minus_hours(OFFER_HOURS - 24));
                plan.push((NudgeKind::StarterOffer, to(), due, starts));
            } else {
                let due = allowed_from(person, starts.minus_hours(NEED_HOURS));
                plan.push((NudgeKind::MeetupNeed, to(), due, starts.minus_hours(30)));
            }
        }
        // The sequence tells a slot that is booked again from the same slot before a move.
        let slot = format!("{} {}", meetup.slot, meetup.sequence);
        let debts = plan.into_iter().map(|(kind, to, due, not_after)| Debt {
            kind,
            program: Some(&meetup.program_id),
            subject: meetup.id.as_str(),
            to,
            slot: &slot,
            note: "",
            due,
            not_after,
        });
        self.owe_all(tx, debts).await.map(drop)
    }
}
