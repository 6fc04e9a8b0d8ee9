//! The dates of a program's pulses, and what is owed for each: warnings to staff and the opening.

use jiff::civil::{Date, Time};

use super::programs::freezes;
use crate::core::Core;
use crate::core::owe::{Debt, To};
use crate::core::request::Failure;
use crate::core::views::refusals;
use crate::domain::civil::{Instant, resolve};
use crate::domain::ids::WaveId;
use crate::domain::pulses::{WARNING_DAYS, plan_waves};
use crate::domain::settings::Settings;
use crate::domain::words::{NudgeKind, Role, WaveState};
use crate::store::programs::Program;
use crate::store::pulses::WaveRow;
use crate::store::{StoreError, Tx};

/// Pulses open at this time of the program's zone.
const PULSE_OPENS: Time = Time::constant(9, 0, 0, 0);
/// And close at this one, on the last day.
const PULSE_CLOSES: Time = Time::constant(23, 59, 0, 0);

/// Gives the pulses their dates. Waves that are open or closed stay as they are.
pub(super) async fn replan_waves(
    core: &Core,
    tx: &mut Tx,
    program: &Program,
    settings: &Settings,
    now: Instant,
) -> Result<(), Failure> {
    let (Ok(starts), Ok(ends)) = (program.starts_on.parse::<Date>(), program.ends_on.parse::<Date>()) else {
        return Err(refusals::leading(
            "The dates of this programme cannot be read. Set them again with ",
            "program settings",
            ".",
        )
        .into());
    };
    let waves = plan_waves(starts, ends, settings.waves_per_year, &freezes(settings))
        .map_err(|fault| refusals::cannot_use(&fault.to_string()))?;
    let known = tx.list_waves_of(&program.id).await?;
    let most = waves.iter().map(|wave| i64::from(wave.number)).max().unwrap_or(0);
    for extra in known.iter().filter(|wave| wave.number > most && wave.state == WaveState::Planned) {
        tx.mark_withdrawn(extra.id.as_str(), "the pulse is no longer planned").await?;
        tx.delete_planned_wave(&extra.id).await?;
    }
    for wave in waves {
        let at = |date: Date, time| resolve(date.to_datetime(time), &program.zone).instant().unwrap_or(now);
        let number = i64::from(wave.number);
        let old = known.iter().find(|w| w.number == number);
        if old.is_some_and(|w| w.state != WaveState::Planned) {
            continue;
        }
        let row = WaveRow {
            id: old.map_or_else(|| WaveId::new(core.next_id()), |w| w.id.clone()),
            program_id: program.id.clone(),
            number,
            opens_on: wave.opens_on.to_string(),
            closes_on: wave.closes_on.to_string(),
            opens_at: at(wave.opens_on, PULSE_OPENS),
            closes_at: at(wave.closes_on, PULSE_CLOSES),
            state: WaveState::Planned,
            results: None,
        };
        if old.is_some_and(|w| w.opens_on == row.opens_on) {
            continue;
        }
        if old.is_some() {
            tx.mark_withdrawn(row.id.as_str(), "the pulse got another date").await?;
            tx.mark_wave(&row, WaveState::Planned).await?;
        } else {
            tx.insert_wave(&row).await?;
        }
        owe_wave(core, tx, program, &row, &wave.open_no_later_than.to_string(), now).await?;
    }
    Ok(())
}

/// Warnings to staff, and the opening.
async fn owe_wave(
    core: &Core,
    tx: &mut Tx,
    program: &Program,
    wave: &WaveRow,
    last: &str,
    now: Instant,
) -> Result<(), StoreError> {
    for days in WARNING_DAYS {
        let due = wave.opens_at.minus_days(i64::from(days));
        if due < now {
            continue;
        }
        for row in tx.list_roles_in(&program.id).await?.into_iter().filter(|r| r.role == Role::Staff) {
            let debt = Debt {
                kind: NudgeKind::PulseWarning,
                program: Some(&program.id),
                subject: wave.id.as_str(),
                to: To::Person(row.person_id),
                slot: &format!("{} -{days} v{}", wave.opens_on, program.version),
                note: last,
                due,
                not_after: wave.opens_at,
            };
            core.owe(tx, debt).await?;
        }
    }
    let debt = Debt {
        kind: NudgeKind::PulseOpen,
        program: Some(&program.id),
        subject: wave.id.as_str(),
        to: To::Nobody,
        slot: &format!("{} v{}", wave.opens_on, program.version),
        note: "",
        due: wave.opens_at,
        not_after: wave.closes_at.plus_days(400),
    };
    core.owe(tx, debt).await.map(drop)
}
