//! The life of a program after its founding: open, paused, ended. Opening one fixes the dates of its pulses.

use super::programs::save;
use super::waves::replan_waves;
use crate::core::ctx::{Ctx, settings_of};
use crate::core::parse::Args;
use crate::core::request::{Outcome, Reply};
use crate::core::views::{programs, refusals};
use crate::domain::words::{GroupState, ProgramState, WaveState};

pub(super) async fn open(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let mut program = ctx.program_as_staff(args.get("program")).await?;
    if program.state != ProgramState::Draft {
        return Err(refusals::leading(
            format!("{} is {} already. To go on after a pause, use ", program.name, program.state),
            "program resume",
            ".",
        )
        .into());
    }
    let settings = settings_of(&program);
    program.state = ProgramState::Open;
    program.opened_at = Some(ctx.now);
    save(ctx, &mut program).await?;
    replan_waves(ctx.core, &mut ctx.tx, &program, &settings, ctx.now).await?;
    let waves = ctx.tx.list_waves_of(&program.id).await?;
    ctx.log(Some(&program), "program open", program.id.as_str(), "").await?;
    Ok(Reply::Private(programs::opened(&program, &waves)))
}

pub(super) async fn pause(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    change_state(ctx, args, ProgramState::Open, ProgramState::Paused, "program pause").await
}

pub(super) async fn resume(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    change_state(ctx, args, ProgramState::Paused, ProgramState::Open, "program resume").await
}

async fn change_state(
    ctx: &mut Ctx<'_>,
    args: &Args,
    from: ProgramState,
    to: ProgramState,
    act: &str,
) -> Outcome {
    let mut program = ctx.program_as_staff(args.get("program")).await?;
    if program.state != from {
        return Err(refusals::leading(
            format!(
                "{} is {}, not {from}, so nothing was changed. See it with ",
                program.name, program.state
            ),
            format!("program show {}", program.slug),
            ".",
        )
        .into());
    }
    program.state = to;
    save(ctx, &mut program).await?;
    if to == ProgramState::Open {
        // What the pause held back is looked at now and not at the next six-hourly check.
        ctx.tx.mark_due_now(&program.id, "the programme is paused", ctx.now).await?;
    }
    ctx.log(Some(&program), act, program.id.as_str(), args.get("reason").unwrap_or_default()).await?;
    Ok(Reply::Private(programs::now_is(&program)))
}

pub(super) async fn close(ctx: &mut Ctx<'_>, args: &Args) -> Outcome {
    let mut program = ctx.program_as_staff(args.get("program")).await?;
    if program.state == ProgramState::Closed {
        return Err(refusals::leading(
            format!("{} has ended already, so nothing was changed. Found another one with ", program.name),
            "program create",
            ".",
        )
        .into());
    }
    if args.get("confirm") != Some("yes") {
        let words = format!(
            "End {}? Its groups are closed and nothing more is sent. This cannot be taken back.",
            program.name
        );
        return Ok(Reply::Private(refusals::confirm(
            words,
            "End the programme",
            format!("program close {} yes", program.slug),
        )));
    }
    program.state = ProgramState::Closed;
    let has_events = settings_of(&program).events;
    save(ctx, &mut program).await?;
    for wave in ctx.tx.list_waves_of(&program.id).await? {
        if wave.state == WaveState::Open {
            super::pulses::close_wave(ctx.core, &mut ctx.tx, &program, wave).await?;
        }
    }
    for mut group in ctx.tx.list_open_groups_of(&program.id).await? {
        group.state = GroupState::Closed;
        group.closed_at = Some(ctx.now);
        ctx.tx.mark_group(&group).await?;
        if has_events {
            // What was shown of its next meetup goes away.
            ctx.core.owe_card(&mut ctx.tx, &group).await?;
        }
    }
    ctx.log(Some(&program), "program close", program.id.as_str(), "").await?;
    Ok(Reply::Private(programs::now_is(&program)))
}
