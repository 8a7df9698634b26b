//! A card: what it is known by, and its link.

use super::declared;
use super::link::{Binding, Declared, Link, LinkEvent, Step};
use super::sighting::{iccid_of, imsi_of, key, number, text, time};
use crate::identity::{Iccid, Imsi};
use crate::register::store::{Database, StoreError, Value, one};
use jiff::Timestamp;

/// A card and its link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sim {
    /// Its number in the register; 0 for one that is only declared.
    pub id: i64,
    /// The card.
    pub iccid: Option<Iccid>,
    /// Its subscription.
    pub imsi: Option<Imsi>,
    /// Its link, and where it was seen last.
    pub binding: Binding,
    /// What the books declared when it was looked at last.
    pub declared: Declared,
    /// When it was seen or changed by hand last; 1970 where never.
    pub moved: Timestamp,
}

pub(super) const COLUMNS: &str = "c.id, c.iccid, c.imsi, c.link, c.device, c.declared, c.seen, c.moved";

impl Sim {
    /// A card that nothing is known of.
    pub(super) fn new(iccid: Option<Iccid>, imsi: Option<Imsi>) -> Self {
        Self {
            id: 0,
            iccid,
            imsi,
            binding: Binding::default(),
            declared: Declared::Nothing,
            moved: Timestamp::UNIX_EPOCH,
        }
    }

    pub(super) fn read(row: &[Value]) -> Result<Self, StoreError> {
        let [id, iccid, imsi, link, device, declared, seen, moved, ..] = row else {
            return Err(StoreError::Damaged("a card has too few columns".into()));
        };
        let link = link.int()?;
        let device = device.opt_int()?.map(key).transpose()?;
        Ok(Self {
            id: id.int()?,
            iccid: iccid_of(iccid.str()?)?,
            imsi: imsi_of(imsi.str()?)?,
            binding: Binding {
                link: Link::of(link, device).ok_or_else(|| StoreError::Damaged(format!("a link {link}")))?,
                seen: seen.opt_int()?.map(key).transpose()?,
            },
            declared: declared::read(declared)?,
            moved: time(moved.int()?)?,
        })
    }

    /// Takes what the books declare now into account, in memory alone; what there is to tell of it.
    pub(super) fn redeclare(&mut self, now: Declared) -> Vec<LinkEvent> {
        let step = self.binding.declared(self.declared, now);
        self.declared = now;
        step.map_or_else(Vec::new, |step| self.step(step))
    }

    /// Takes a step, in memory alone.
    pub(super) fn step(&mut self, step: Step) -> Vec<LinkEvent> {
        let (binding, events) = self.binding.step(step);
        self.binding = binding;
        events
    }

    /// Writes it down; a new one gets its number.
    pub(super) fn keep(&mut self, database: &mut dyn Database) -> Result<(), StoreError> {
        let is_new = self.id == 0;
        if is_new {
            self.id = next(database, "sim")?;
        }
        let sql = if is_new {
            "INSERT INTO sim (id, iccid, imsi, link, device, declared, seen, moved) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        } else {
            "UPDATE sim SET iccid = $2, imsi = $3, link = $4, device = $5, declared = $6, seen = $7, moved = $8 WHERE id = $1"
        };
        database.execute(
            sql,
            &[
                self.id.into(),
                text(self.iccid).as_str().into(),
                text(self.imsi).as_str().into(),
                self.binding.link.number().into(),
                self.binding.link.device().map(number).into(),
                declared::kept(self.declared),
                self.binding.seen.map(number).into(),
                self.moved.as_second().into(),
            ],
        )?;
        Ok(())
    }

    /// Writes down what happened to it.
    pub(super) fn tell(
        &self,
        database: &mut dyn Database,
        events: &[LinkEvent],
        at: Timestamp,
        who: &str,
    ) -> Result<(), StoreError> {
        for event in events {
            let (device, former) = event.devices();
            let id = next(database, "link_event")?;
            database.execute(
                "INSERT INTO link_event (id, sim, at, kind, imei, former, who) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                &[
                    id.into(),
                    self.id.into(),
                    at.as_second().into(),
                    event.word().into(),
                    device.map(number).into(),
                    former.map(number).into(),
                    who.into(),
                ],
            )?;
        }
        Ok(())
    }
}

/// The next number of a table's rows.
pub(super) fn next(database: &mut dyn Database, table: &str) -> Result<i64, StoreError> {
    let last = one(database, &format!("SELECT coalesce(max(id), 0) FROM {table}"), &[])?;
    Ok(last.as_deref().and_then(<[Value]>::first).map_or(Ok(0), Value::int)? + 1)
}

/// The card of an ICCID or an IMSI, if it is known. The ICCID decides where both are given.
pub(super) fn find(
    database: &mut dyn Database,
    iccid: Option<Iccid>,
    imsi: Option<Imsi>,
) -> Result<Option<Sim>, StoreError> {
    for (column, value) in [("iccid", text(iccid)), ("imsi", text(imsi))] {
        if value.is_empty() {
            continue;
        }
        let sql = format!("SELECT {COLUMNS} FROM sim c WHERE c.{column} = $1 AND c.{column} <> ''");
        if let Some(row) = one(database, &sql, &[value.as_str().into()])? {
            return Sim::read(&row).map(Some);
        }
    }
    Ok(None)
}

/// The card that was seen: found or made, under both of its names.
///
/// What was known under the IMSI alone goes over to the card that it is now seen on; an IMSI that was another card's is that
/// card's no more.
pub(super) fn seen(
    database: &mut dyn Database,
    iccid: Option<Iccid>,
    imsi: Option<Imsi>,
    at: Timestamp,
) -> Result<Sim, StoreError> {
    let by_card = if iccid.is_some() { find(database, iccid, None)? } else { None };
    let by_imsi = if imsi.is_some() { find(database, None, imsi)? } else { None };
    // A subscription that was seen elsewhere since stays there.
    let is_elsewhere = |sim: &Sim| iccid.is_some() && sim.iccid != iccid && at.as_second() < sim.moved.as_second();
    let (imsi, by_imsi) = if by_imsi.as_ref().is_some_and(is_elsewhere) { (None, None) } else { (imsi, by_imsi) };
    let Some(iccid) = iccid else { return Ok(by_imsi.unwrap_or_else(|| Sim::new(None, imsi))) };
    match (by_card, by_imsi) {
        (None, None) => Ok(Sim::new(Some(iccid), imsi)),
        (None, Some(sim)) if sim.iccid.is_none() => Ok(Sim { iccid: Some(iccid), ..sim }),
        (Some(card), None) => Ok(Sim { imsi: imsi.or(card.imsi), ..card }),
        (Some(card), Some(sim)) if card.id == sim.id => Ok(card),
        (card, Some(sim)) if sim.iccid.is_some() => {
            database.execute("UPDATE sim SET imsi = '' WHERE id = $1", &[sim.id.into()])?;
            Ok(Sim { imsi, ..card.unwrap_or_else(|| Sim::new(Some(iccid), imsi)) })
        }
        (card, Some(sim)) => {
            let card = card.unwrap_or_else(|| Sim::new(Some(iccid), imsi));
            database.execute("UPDATE link_event SET sim = $1 WHERE sim = $2", &[card.id.into(), sim.id.into()])?;
            database.execute("DELETE FROM sim WHERE id = $1", &[sim.id.into()])?;
            // What the watch has told of the other was told of this card: it is not told again.
            let numbers = [card.id.to_string().as_str().into(), sim.id.to_string().as_str().into()];
            database.execute(
                "UPDATE watch_sign SET what = $1 WHERE kind = 'differed' AND what = $2 AND NOT EXISTS \
                 (SELECT 1 FROM watch_sign o WHERE o.device = watch_sign.device AND o.kind = 'differed' AND o.what = $1)",
                &numbers,
            )?;
            // The link of whichever was bound; the card's own before the other's.
            let is_free = card.binding.link == Link::Unlinked;
            let (link, declared) =
                if is_free { (sim.binding.link, sim.declared) } else { (card.binding.link, card.declared) };
            let seen = if sim.moved > card.moved {
                sim.binding.seen.or(card.binding.seen)
            } else {
                card.binding.seen.or(sim.binding.seen)
            };
            Ok(Sim { imsi, binding: Binding { link, seen }, declared, moved: card.moved.max(sim.moved), ..card })
        }
    }
}
