//! The schedule of the role `both`: one tick for the player and every modem.
//!
//! No deadline fires while bytes are on their way. In real time it is the same schedule, with a pseudo-terminal between and a
//! sleep before each tick: the machines see the schedule's tick and never the wall clock, so both give one transcript.

use crate::modem::Tick;
use crate::script::Side;

use super::outcome::Fault;
use super::player::HostPlayer;
use super::world::World;

/// So many rounds at one tick in which no line of the script is played, and somebody talks without end.
const ROUNDS: usize = 10_000;

/// How bytes get from one end to the other, and how time passes.
pub(super) trait Carrier {
    /// Carries bytes over the line of this lane; all that arrives.
    ///
    /// # Errors
    /// The line does not carry them.
    fn carry(&mut self, lane: usize, to: Side, bytes: Vec<u8>) -> Result<Vec<u8>, Fault>;

    /// Waits until it is this tick.
    fn sleep(&mut self, until: Tick);
}

/// No line and no clock: at once.
pub(super) struct Virtual;

impl Carrier for Virtual {
    fn carry(&mut self, _lane: usize, _to: Side, bytes: Vec<u8>) -> Result<Vec<u8>, Fault> {
        Ok(bytes)
    }

    fn sleep(&mut self, _until: Tick) {}
}

/// Plays to the end; says when that was.
pub(super) fn play(player: &mut HostPlayer<'_, '_>, world: &mut World, carrier: &mut impl Carrier) -> Tick {
    let mut now = Tick::ZERO;
    loop {
        if let Err(fault) = settle(now, player, world, carrier) {
            player.stop(fault);
        }
        player.wake(now, world);
        // What a limit has set going at this tick goes out at this tick.
        if let Err(fault) = settle(now, player, world, carrier) {
            player.stop(fault);
        }
        if player.is_over() {
            return now;
        }
        let Some(next) = player.deadline().into_iter().chain(world.deadline()).min() else {
            player.stop(Fault::bench("nothing is left to wait for, and the script is not over"));
            return now;
        };
        if next > now {
            carrier.sleep(next);
            now = next;
        }
        world.wake(now);
    }
}

/// Carries bytes to and fro until nobody has anything to say at this tick.
fn settle(
    now: Tick,
    player: &mut HostPlayer<'_, '_>,
    world: &mut World,
    carrier: &mut impl Carrier,
) -> Result<(), Fault> {
    player.start(now, world);
    let (mut round, mut progress) = (0, player.score.progress());
    while round < ROUNDS {
        round += 1;
        let mut moved = world.answer(now) | world.stand_still(now);
        for lane in 0..world.modems.len() {
            moved |= world.speak(now, lane);
            while let Some(bytes) = world.wires[lane].take(now, Side::Host) {
                let bytes = carrier.carry(lane, Side::Host, bytes)?;
                player.receive(now, lane, &bytes, world);
                moved = true;
            }
        }
        for (lane, bytes) in player.transmit() {
            world.wires[lane].put(now, Side::Modem, &bytes);
            moved = true;
        }
        for lane in 0..world.modems.len() {
            while let Some(bytes) = world.wires[lane].take(now, Side::Modem) {
                let bytes = carrier.carry(lane, Side::Modem, bytes)?;
                world.modems[lane].receive(now, &bytes);
                moved = true;
            }
        }
        if !moved {
            return Ok(());
        }
        player.start(now, world);
        if round == ROUNDS && player.score.progress() > progress {
            (round, progress) = (0, player.score.progress());
        }
    }
    Err(Fault::bench(format!("at {now} host and modem talk without end")))
}
