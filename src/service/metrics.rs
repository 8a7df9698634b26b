//! What is counted: requests by interface and status, decisions, how long answers take, and what the register holds.
//!
//! Counters are plain numbers that nobody waits for. The text is Prometheus'.

use crate::register::Desk;
use jiff::Timestamp;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// An interface, as the metrics name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interface {
    Equipment,
    Authenticity,
    Screen,
    Administration,
    Operation,
}

impl Interface {
    const ALL: [Self; 5] = [Self::Equipment, Self::Authenticity, Self::Screen, Self::Administration, Self::Operation];

    fn word(self) -> &'static str {
        match self {
            Self::Equipment => "n5g-eir-eic",
            Self::Authenticity => "device-authenticity",
            Self::Screen => "screen",
            Self::Administration => "administration",
            Self::Operation => "operation",
        }
    }
}

/// What was decided about a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decided {
    Allow,
    Track,
    Block,
    Unknown,
    Malformed,
}

impl Decided {
    const ALL: [Self; 5] = [Self::Allow, Self::Track, Self::Block, Self::Unknown, Self::Malformed];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Track => "track",
            Self::Block => "block",
            Self::Unknown => "unknown",
            Self::Malformed => "malformed",
        }
    }
}

/// The statuses that are told apart; others count as the last.
const STATUSES: [u16; 21] =
    [200, 201, 202, 204, 400, 401, 403, 404, 405, 406, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503, 0];

/// Upper ends of the latency's buckets, in microseconds.
const BUCKETS: [u64; 14] =
    [25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000, u64::MAX];

#[derive(Debug, Default)]
struct Latency {
    buckets: [AtomicU64; BUCKETS.len()],
    nanos: AtomicU64,
}

/// All counters of a server.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    requests: [[AtomicU64; STATUSES.len()]; Interface::ALL.len()],
    latency: [Latency; Interface::ALL.len()],
    decisions: [[AtomicU64; Decided::ALL.len()]; Interface::ALL.len()],
    pub(super) connections: AtomicU64,
}

impl Metrics {
    /// A request was answered.
    pub(super) fn answered(&self, interface: Interface, status: u16, took: Duration) {
        let place = STATUSES.iter().position(|&known| known == status).unwrap_or(STATUSES.len() - 1);
        self.requests[interface as usize][place].fetch_add(1, Relaxed);
        let latency = &self.latency[interface as usize];
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BUCKETS.iter().position(|&end| micros <= end).unwrap_or(BUCKETS.len() - 1);
        latency.buckets[bucket].fetch_add(1, Relaxed);
        latency.nanos.fetch_add(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX), Relaxed);
    }

    /// Devices were decided about.
    pub(super) fn decided(&self, interface: Interface, decided: Decided, count: u64) {
        self.decisions[interface as usize][decided as usize].fetch_add(count, Relaxed);
    }

    /// The text that Prometheus reads.
    pub(super) fn text(self: &Arc<Self>, desk: &Desk) -> String {
        let mut registry = Registry::with_prefix("atgate");
        let page = Page { metrics: Arc::clone(self), holdings: Holdings::of(desk), now: Timestamp::now() };
        registry.register_collector(Box::new(page));
        let mut text = String::new();
        // A String takes whatever is written to it.
        let _ = encode(&mut text, &registry);
        text
    }
}

/// What a register holds and how old that is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holdings {
    /// The act that the index is as of.
    pub(super) generation: i64,
    /// Rows of devices and of ranges.
    pub(super) entries: usize,
    /// When the index was last seen to be what the store says.
    pub(super) confirmed: Timestamp,
}

impl Holdings {
    pub(super) fn of(desk: &Desk) -> Self {
        let index = desk.index();
        let (devices, others) = index.len();
        Self { generation: index.generation(), entries: devices + others, confirmed: desk.confirmed() }
    }
}

/// One reading.
#[derive(Debug)]
struct Page {
    metrics: Arc<Metrics>,
    holdings: Holdings,
    now: Timestamp,
}

impl Collector for Page {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.requests(&mut encoder)?;
        self.decisions(&mut encoder)?;
        self.latency(&mut encoder)?;
        self.holdings(&mut encoder)
    }
}

impl Page {
    fn requests(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut all =
            encoder.encode_descriptor("requests", "Requests by interface and status", None, MetricType::Counter)?;
        for interface in Interface::ALL {
            for (status, count) in STATUSES.iter().zip(&self.metrics.requests[interface as usize]) {
                let count = count.load(Relaxed);
                if count > 0 {
                    let status = if *status == 0 { "other".to_owned() } else { status.to_string() };
                    let labels = [("interface", interface.word().to_owned()), ("status", status)];
                    ConstCounter::new(count).encode(all.encode_family(&labels)?)?;
                }
            }
        }
        Ok(())
    }

    fn decisions(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Devices decided about, by interface and verdict";
        let mut all = encoder.encode_descriptor("decisions", help, None, MetricType::Counter)?;
        for interface in Interface::ALL {
            for decided in Decided::ALL {
                let count = self.metrics.decisions[interface as usize][decided as usize].load(Relaxed);
                if count > 0 {
                    let labels = [("interface", interface.word()), ("verdict", decided.word())];
                    ConstCounter::new(count).encode(all.encode_family(&labels)?)?;
                }
            }
        }
        Ok(())
    }

    fn latency(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "From a request's head to the head of its answer";
        let mut all = encoder.encode_descriptor("answer_seconds", help, None, MetricType::Histogram)?;
        for interface in Interface::ALL {
            let latency = &self.metrics.latency[interface as usize];
            let buckets: Vec<(f64, u64)> = BUCKETS
                .iter()
                .zip(&latency.buckets)
                .map(|(&end, count)| {
                    let end = if end == u64::MAX { f64::INFINITY } else { Duration::from_micros(end).as_secs_f64() };
                    (end, count.load(Relaxed))
                })
                .collect();
            let count = buckets.iter().map(|(_, count)| count).sum();
            if count > 0 {
                let sum = Duration::from_nanos(latency.nanos.load(Relaxed)).as_secs_f64();
                let labels = [("interface", interface.word())];
                all.encode_family(&labels)?.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)?;
            }
        }
        Ok(())
    }

    fn holdings(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut gauge = |name: &str, help: &str, value: f64| {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)
        };
        let open = self.metrics.connections.load(Relaxed);
        gauge("connections", "Connections that are open", open as f64)?;
        let Holdings { generation, entries, confirmed } = self.holdings;
        gauge("register_generation", "The act that the lists are as of", generation as f64)?;
        gauge("register_entries", "Entries of the lists", entries as f64)?;
        let age = self.now.duration_since(confirmed).as_secs_f64().max(0.0);
        gauge("register_age_seconds", "Since the lists were last seen to be the store's", age)
    }
}
