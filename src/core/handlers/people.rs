//! Joining and leaving, the charter, and peace of mind. Nobody is ever joined by anybody else: the charter is
//! accepted by the person's own act.

use jiff::civil::Time;

use super::meetups::redraw;
use crate::core::ctx::{Ctx, settings_of};
use crate::core::formation::groups_held;
use crate::core::parse::Args;
use crate::core::request::{Failure, Outcome, Reply};
use crate::core::views::{applications, people, refusals, staff};
use crate::domain::civil::Zone;
use crate::domain::hours::parse_until;
use crate::domain::words::{MeetupState, NudgeKind, ProgramState, Role};
use crate::store::people::Person;
use crate::store::programs::Program;

/// The roles of those who sit in groups.
const MEMBERS: &[Role] = &[Role::Participant, Role::Mentor, Role::Coach];

fn roles_for(word: &str) -> &'static [Role] {
    match word {
        "mentor" => &[Role::Mentor],
        "both" => &[Role::Mentor, Role::Participant],
        _ => &[Role::Participant],
    }
}

async fn open_program(ctx: &mut Ctx<'_>, args: &Args) -> Result<Program, Failure> {
    let program = ctx.program(args.get("program")).await?;
    if program.state == ProgramState::Open {
        Ok(program)
    } else {
        Err(refusals::program_not_open(&program).into())
    }
}

pub(super) async fn join(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = open_program(ctx, args).await?;
    let role = args.get("role").unwrap_or("participant");
    if roles_for(role).iter().all(|role| ctx.standing.is_in(&program.id, *role)) {
        return Err(refusals::leading(
            format!("You are in {} as {} already. To leave it, use ", program.name, people::as_what(role)),
            format!("leave {}", program.slug),
            ".",
        )
        .into());
    }
    let applies = must_apply(ctx, &program, role);
    Ok(Reply::Private(people::charter_to_accept(ctx.core.content(), &program, role, applies)))
}

/// Whether who joins as this has to apply to be a mentor.
pub(super) fn must_apply(ctx: &Ctx<'_>, program: &Program, role: &str) -> bool {
    settings_of(program).mentors_apply
        && roles_for(role).contains(&Role::Mentor)
        && !ctx.standing.is_in(&program.id, Role::Mentor)
}

pub(super) async fn accept(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = open_program(ctx, args).await?;
    let role = args.get("role").unwrap_or("participant").to_owned();
    let applies = must_apply(ctx, &program, &role);
    let version = ctx.core.content().texts.charter.version.to_string();
    if args.get("version") != Some(version.as_str()) {
        // The charter changed since the button was drawn: what is accepted must have been read.
        return Ok(Reply::Private(people::charter_to_accept(ctx.core.content(), &program, &role, applies)));
    }
    let (me, now) = (ctx.me.id.clone(), ctx.now);
    ctx.tx.insert_charter(&program.id, &me, &version, now).await?;
    let person = ctx.me.clone();
    for granted in roles_for(&role).iter().filter(|granted| !applies || **granted != Role::Mentor) {
        super::roles::insert(ctx, &program, &person, *granted).await?;
    }
    ctx.log(Some(&program), "charter accept", me.as_str(), &format!("version {version}, {role}")).await?;
    if applies {
        return Ok(Reply::Private(applications::asked(&program, &role)));
    }
    Ok(Reply::Private(people::joined(&program, &ctx.me, &role)))
}

pub(super) async fn charter(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program(args.get("program")).await?;
    let accepted = ctx.tx.list_charters(&program.id, &ctx.me.id).await?;
    Ok(Reply::Private(people::charter_accepted(ctx.core.content(), &program, &accepted)))
}

pub(super) async fn leave(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let program = ctx.program_as(args.get("program"), MEMBERS).await?;
    if args.get("confirm") != Some("yes") {
        let words = format!(
            "Leave {}? You leave its groups too, and staff are told. Snoozing is enough if you only need a break.",
            program.name
        );
        let leave = format!("leave {} yes", program.slug);
        return Ok(Reply::Private(refusals::confirm(words, "Leave", leave)));
    }
    let me = ctx.me.clone();
    for role in MEMBERS {
        ctx.tx.delete_role(&program.id, &me.id, *role).await?;
    }
    ctx.tx.delete_wishes_of(&program.id, &me.id).await?;
    ctx.tx.delete_waiting_application(&program.id, &me.id).await?;
    leave_groups(ctx, &program, &me, MEMBERS, None).await?;
    let me = me.id;
    ctx.log(Some(&program), "leave", me.as_str(), "").await?;
    Ok(Reply::Private(people::left(&program)))
}

/// Ends a person's places of these roles in a program's groups: rooms hear of it and are brought up to date, what was
/// planned for the person is withdrawn, and staff are told. Who does not leave by themselves had a role `taken`.
pub(super) async fn leave_groups(
    ctx: &mut Ctx<'_>,
    program: &Program,
    person: &Person,
    roles: &[Role],
    taken: Option<Role>,
) -> Result<(), Failure> {
    let now = ctx.now;
    let mut left = Vec::new();
    let mut alone = Vec::new();
    let mut fewest = usize::MAX;
    for group in groups_held(&mut ctx.tx, &program.id, &person.id, roles).await? {
        let members = ctx.tx.list_members(&group.id).await?;
        ctx.tx.mark_member_left(&group.id, &person.id, now).await?;
        let slot = format!("{} left {now}", person.id);
        for room in ctx.tx.list_rooms_of(&group.id).await? {
            ctx.core.owe_member_update(&mut ctx.tx, &group, room.id, &slot, now).await?;
        }
        // The cards of what is planned name who leads and who comes.
        for meetup in ctx.tx.list_meetups_of(&group.id).await? {
            let shown = meetup.planned_sequence == meetup.sequence && meetup.starts_at > now;
            if meetup.state == MeetupState::Planned && shown {
                redraw(ctx, &meetup).await?;
            }
        }
        ctx.core.owe_card(&mut ctx.tx, &group).await?;
        ctx.core.tell_rooms(&mut ctx.tx, &group, &[], &[person.id.as_str()], now).await?;
        let still =
            |role: Role| members.iter().filter(|m| m.role == role && m.person_id != person.id).count();
        fewest = fewest.min(still(Role::Participant));
        if still(Role::Mentor) == 0 {
            alone.push(group.name.clone());
        }
        left.push(group.name);
    }
    let rest = ctx.tx.list_roles_of(&person.id).await?;
    if !rest.iter().any(|row| row.program_id == program.id) {
        ctx.tx.mark_withdrawn_in(&program.id, &person.id, "the person has left the programme").await?;
    }
    if !left.is_empty() {
        let smallest = settings_of(program).formation.min_participants;
        let note = staff::member_left(&person.name, taken, &left, &alone, (fewest, smallest), &program.slug);
        let note = note.to_note();
        let slot = format!("left {} {now}", person.id);
        let (core, id) = (ctx.core, program.id.clone());
        core.tell_staff(&mut ctx.tx, &id, NudgeKind::StaffNotice, id.as_str(), &slot, &note).await?;
    }
    Ok(())
}

pub(super) async fn snooze(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let Some(words) = args.get("until") else {
        return Ok(Reply::Private(people::snooze_choices(&ctx.me, ctx.now)));
    };
    ctx.me.snooze_until = if words.eq_ignore_ascii_case("off") {
        None
    } else {
        let until = parse_until(words, ctx.now, &ctx.me.zone)
            .map_err(|error| refusals::cannot_use(&error.to_string()))?;
        Some(until)
    };
    save(ctx).await?;
    Ok(Reply::Private(match ctx.me.snooze_until {
        Some(until) => people::snoozed(until),
        None => people::hours(&ctx.me),
    }))
}

pub(super) async fn quiet(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let Some(words) = args.get("hours") else {
        return Ok(Reply::Private(people::hours(&ctx.me)));
    };
    if words.eq_ignore_ascii_case("off") {
        (ctx.me.quiet_from, ctx.me.quiet_to) = (None, None);
    } else {
        let (from, to) = read_span(words).ok_or_else(|| {
            refusals::plain(format!(
                "\"{}\" is not a span of hours. Write it as 18:00-08:00, or off.",
                crate::domain::text::shortened(words)
            ))
        })?;
        (ctx.me.quiet_from, ctx.me.quiet_to) = (Some(from), Some(to));
    }
    save(ctx).await?;
    Ok(Reply::Private(people::hours(&ctx.me)))
}

/// `18:00-08:00` or `18-8` as two times of day.
fn read_span(words: &str) -> Option<(String, String)> {
    let (from, to) = words.split_once(['-', '–'])?;
    let clock = |text: &str| {
        let text = text.trim();
        let (hour, minute) = text.split_once(':').unwrap_or((text, "0"));
        let time = Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?;
        Some(time.strftime("%H:%M").to_string())
    };
    let (from, to) = (clock(from)?, clock(to)?);
    (from != to).then_some((from, to))
}

pub(super) async fn zone(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let Some(words) = args.get("zone") else {
        return Ok(Reply::Private(people::zone_set(&ctx.me, ctx.now)));
    };
    ctx.me.zone = Zone::parse(words).map_err(|error| refusals::cannot_use(&error.to_string()))?;
    ctx.me.zone_chosen = 1;
    save(ctx).await?;
    Ok(Reply::Private(people::zone_set(&ctx.me, ctx.now)))
}

pub(super) async fn mute(ctx: &mut Ctx<'_>, args: &Args, on: bool) -> Outcome {
    let topic = args.get("topic").unwrap_or("all");
    let mut topics: Vec<&str> = ctx.me.muted.split(',').filter(|t| !t.is_empty() && *t != topic).collect();
    if on {
        topics.push(topic);
    } else if topic == "all" {
        topics.clear();
    }
    topics.sort_unstable();
    ctx.me.muted = topics.join(",");
    save(ctx).await?;
    Ok(Reply::Private(people::hours(&ctx.me)))
}

async fn save(ctx: &mut Ctx<'_>) -> Result<(), Failure> {
    ctx.me.updated_at = ctx.now;
    Ok(ctx.tx.mark_person(&ctx.me).await?)
}

/// Programs are shown to a person together with buttons to join.
pub(super) fn joined_any(ctx: &Ctx<'_>, program: &Program) -> bool {
    ctx.standing.is_in(&program.id, Role::Participant) || ctx.standing.is_in(&program.id, Role::Mentor)
}

#[cfg(test)]
mod tests {
    use super::read_span;

    #[test]
    fn quiet_hours_are_read_with_and_without_minutes() {
        assert_eq!(read_span("18:00-08:00"), Some(("18:00".into(), "08:00".into())));
        assert_eq!(read_span("22 - 6"), Some(("22:00".into(), "06:00".into())));
        assert_eq!(read_span("25:00-08:00"), None);
        assert_eq!(read_span("9-9"), None);
        assert_eq!(read_span("always"), None);
    }
}
