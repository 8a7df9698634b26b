//! Any script: trees that use every rule of the grammar, and texts that nearly do.

use std::sync::Arc;
use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::super::*;

/// Any script without a header.
pub(super) fn script() -> impl Strategy<Value = Script> {
    vec(line(), 0..12).prop_map(|lines| Script { source: Arc::default(), header: Header::default(), lines })
}

/// Any text: lines that are right, lines that were damaged, and noise, with any line ends.
pub(super) fn text() -> impl Strategy<Value = String> {
    let written = line().prop_map(|line| line.to_string());
    let damaged = (line(), any::<prop::sample::Index>(), "\\PC?").prop_map(|(line, at, piece)| {
        let text: Vec<char> = line.to_string().chars().collect();
        let at = at.index(text.len() + 1);
        let mut damaged: String = text[..at].iter().collect();
        damaged.push_str(&piece);
        damaged.extend(text.iter().skip(at + 1));
        damaged
    });
    let noise = prop_oneof!["[><|!?.~*@# \\\\{}\"a-z0-9:()=,+\\[\\]]{0,24}", "\\PC{0,12}", Just("+++".to_owned()),];
    let keys = "(title|tags|modem|imei|set.x|sim|seed|values.a|cases|timeout|strict|expect|modems.a|[a-z]{1,4}) = \
        (\"[a-z0-9]{0,4}\"|[0-9]{1,4}|true|\\{\\}|\\[\\]|\\[\"a\"\\]|\\[\\{ x = \"y\", imei = \"1\" \\}\\])[ \t]{0,2}(#.{0,4})?";
    let header = option::of((vec(keys, 0..3), prop::bool::weighted(0.9)));
    let line = prop_oneof![4 => written, 2 => damaged, 2 => noise];
    let end = prop_oneof![8 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\r"), 1 => Just(" \n")];
    let lines = vec((line, end), 0..10);
    (any::<bool>(), header, lines).prop_map(|(mark, header, lines)| {
        let mut text = String::new();
        text.push_str(if mark { "\u{feff}" } else { "" });
        if let Some((keys, closed)) = header {
            text.push_str("+++\n");
            for key in keys {
                text.push_str(&key);
                text.push('\n');
            }
            text.push_str(if closed { "+++\n" } else { "" });
        }
        for (line, end) in lines {
            text.push_str(&line);
            text.push_str(end);
        }
        text
    })
}

fn line() -> impl Strategy<Value = Line> {
    let kind = prop_oneof![
        1 => Just(LineKind::Blank),
        1 => "[^\\r\\n]{0,20}".prop_map(|text| LineKind::Comment(text.trim_end_matches([' ', '\t']).to_owned())),
        3 => directive().prop_map(LineKind::Directive),
        10 => (option::of(name()), act()).prop_map(|(modem, act)| LineKind::Act { modem, act }),
    ];
    kind.prop_map(|kind| Line { span: Span::default(), kind })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        template(0).prop_map(Act::Send),
        template(1).prop_map(Act::SendRaw),
        template(1).prop_map(Act::ExpectRaw),
        pattern().prop_map(Act::Expect),
        pattern().prop_map(Act::ExpectUrc),
        pattern().prop_map(Act::ExpectOptional),
        Just(Act::Rest),
        interval().prop_map(Act::Wait),
        direction().prop_map(Act::Direction),
        check(2).prop_map(Act::Check),
    ]
}

fn directive() -> impl Strategy<Value = Directive> {
    prop_oneof![
        interval().prop_map(Directive::Timeout),
        interval().prop_map(Directive::Within),
        (interval(), interval()).prop_map(|(limit, every)| Directive::Until {
            limit,
            every: if every.duration.is_zero() { Interval::from(Duration::from_secs(1)) } else { every }
        }),
        pattern().prop_map(Directive::NeverSend),
        pattern().prop_map(Directive::NeverExpect),
        Just(Directive::Always),
        "[a-zäöü \"\\\\{}.-][a-z./ ]{0,10}".prop_map(|path| Directive::Include(Include {
            path: path.replace('\\', "/").trim_start_matches('/').to_owned() + "x",
            span: Span::default(),
            script: None
        })),
        template(0).prop_map(Directive::Label),
        Just(Directive::Strict),
        Just(Directive::AnyOrder),
        word().prop_map(Directive::Urc),
        template(1).prop_map(Directive::Terminator),
        Just(Directive::Finally),
    ]
}

fn direction() -> impl Strategy<Value = Direction> {
    let power = prop_oneof![Just(Power::On), Just(Power::Off), Just(Power::Cycle)];
    let sim = prop_oneof![Just(Sim::Insert), Just(Sim::Remove), Just(Sim::Ready), Just(Sim::Lock), Just(Sim::Block)];
    let signal = option::of(
        quantity().prop_map(|quantity| Quantity { unit: quantity.unit.map(|_| Unit::DecibelMilliwatts), ..quantity }),
    );
    let network = prop_oneof![
        Just(Network::Lose),
        Just(Network::Find),
        Just(Network::IdentityCheck),
        Just(Network::Detach),
        arg().prop_map(Network::Deny),
        arg().prop_map(Network::Roam),
    ];
    let register = prop_oneof![
        arg().prop_map(Register::Block),
        arg().prop_map(Register::Track),
        arg().prop_map(Register::Allow),
        arg().prop_map(Register::Forget),
        Just(Register::Down),
        Just(Register::Up),
    ];
    prop_oneof![
        power.prop_map(Direction::Power),
        sim.prop_map(Direction::Sim),
        signal.prop_map(Direction::Signal),
        network.prop_map(Direction::Network),
        register.prop_map(Direction::Register),
        template(0).prop_map(Direction::Urc),
        (arg(), template(0)).prop_map(|(from, text)| Direction::Sms { from, text }),
        arg().prop_map(|from| Direction::Ring { from }),
        Just(Direction::Hangup),
        prop::sample::select(vec![
            Peer::Ring,
            Peer::Answer,
            Peer::Busy,
            Peer::Reject,
            Peer::Hold,
            Peer::Retrieve,
            Peer::Join
        ])
        .prop_map(Direction::Peer),
        template(0).prop_map(Direction::Clock),
        Just(Direction::Unplug),
        Just(Direction::Plug),
        fault().prop_map(Direction::Fault),
        (template(0), option::of(template(0))).prop_map(|(command, with)| Direction::Answer { command, with }),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    let bytes =
        || (1_u32.., prop_oneof![Just(Side::Host), Just(Side::Modem)]).prop_map(|(count, to)| Bytes { count, to });
    prop_oneof![
        bytes().prop_map(Fault::Drop),
        bytes().prop_map(Fault::Garble),
        bytes().prop_map(Fault::Duplicate),
        bytes().prop_map(Fault::Split),
        interval().prop_map(Fault::Stall),
        (1_u32..).prop_map(Fault::Baud),
        Just(Fault::Reboot),
        (template(0), any::<u32>()).prop_map(|(text, after)| Fault::Interleave { text, after }),
    ]
}

fn check(depth: u32) -> BoxedStrategy<Check> {
    let bare = operand().prop_map(TermKind::Bare);
    let compare =
        (operand(), prop::sample::select(Comparison::ALL.to_vec()), operand()).prop_map(|(left, comparison, right)| {
            let right = match (comparison, right) {
                (Comparison::In, Operand::List(operands)) => Operand::List(operands),
                (Comparison::In, other) => Operand::List(vec![other]),
                (_, other) => other,
            };
            TermKind::Compare { left, comparison, right }
        });
    let kind = if depth == 0 {
        prop_oneof![bare, compare].boxed()
    } else {
        prop_oneof![2 => bare, 4 => compare, 1 => check(depth - 1).prop_map(TermKind::Group)].boxed()
    };
    let term = (any::<bool>(), kind).prop_map(|(negated, kind)| Term { negated, kind, span: Span::default() });
    vec(vec(term, 1..3), 1..3).prop_map(|any| Check { any, span: Span::default() }).boxed()
}

fn operand() -> impl Strategy<Value = Operand> {
    let leaf = prop_oneof![
        vec("[a-z][a-z0-9_]{0,6}", 1..3)
            .prop_filter("words of checks", |names| {
                !["and", "or", "not", "in", "matches", "true", "false", "none"].contains(&names[0].as_str())
            })
            .prop_map(|names| Operand::Path { names, span: Span::default() }),
        Just(Operand::Path { names: vec!["registration".to_owned(), "5gs".to_owned()], span: Span::default() }),
        (prop_oneof![Just(Side::Host), Just(Side::Modem)], template(0)).prop_map(|(side, text)| Operand::Count {
            side,
            text,
            span: Span::default()
        }),
        template(0).prop_map(Operand::Text),
        quantity().prop_map(Operand::Quantity),
        any::<bool>().prop_map(Operand::Bool),
        Just(Operand::None),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| vec(inner, 1..3).prop_map(Operand::List))
}

fn quantity() -> impl Strategy<Value = Quantity> {
    let number = prop_oneof![
        (-1_000_i128..1_000).prop_map(|number| number * 1_000_000),
        -1_000_000_000_000_i128..1_000_000_000_000,
        Just(490_154_203_237_518_000_000_i128),
    ];
    (number, option::of(prop::sample::select(Unit::ALL.to_vec())))
        .prop_map(|(millionths, unit)| Quantity { millionths, unit })
}

fn interval() -> impl Strategy<Value = Interval> {
    // A thousandth of a unit is written with decimals in each of them, but in the finest.
    (prop::sample::select(TimeUnit::ALL.to_vec()), 0_u64..9_999_999).prop_map(|(unit, thousandths)| {
        let micros = match unit {
            TimeUnit::Microseconds => thousandths,
            TimeUnit::Milliseconds | TimeUnit::Seconds | TimeUnit::Minutes | TimeUnit::Hours => {
                thousandths * (unit.microseconds() / 1_000)
            }
        };
        Interval { duration: Duration::from_micros(micros), unit }
    })
}

fn arg() -> impl Strategy<Value = Arg> {
    prop_oneof![word().prop_map(Arg::Word), template(0).prop_map(Arg::Text), name().prop_map(Arg::Name)]
}

fn word() -> impl Strategy<Value = String> {
    "[+#^%$A-Za-z0-9*:@_-][!-~&&[^\"\\\\{}]]{0,8}"
}

fn name() -> impl Strategy<Value = Name> {
    "[a-z][a-z0-9_]{0,5}".prop_map(|text| Name { text, span: Span::default() })
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[ -~]{1,8}".prop_map(String::into_bytes),
        vec(any::<u8>(), 1..6),
        vec(prop::sample::select(b" \\{}\"\r\n\t>".to_vec()), 1..5),
    ]
}

fn template(least: usize) -> impl Strategy<Value = Template> {
    let part = prop_oneof![
        3 => bytes().prop_map(Part::Bytes),
        1 => name().prop_map(Part::Name),
        1 => name().prop_map(Part::Port),
    ];
    vec(part, least..4).prop_map(|pieces| {
        let mut parts: Vec<Part> = Vec::new();
        for part in pieces {
            match (parts.last_mut(), part) {
                (Some(Part::Bytes(before)), Part::Bytes(bytes)) => before.extend(bytes),
                (_, part) => parts.push(part),
            }
        }
        Template { parts, span: Span::default() }
    })
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let kind = || prop::sample::select(Type::ALL.to_vec());
    let item = prop_oneof![
        2 => bytes().prop_map(Item::Bytes),
        2 => (option::of(name()), option::of(kind()))
            .prop_map(|(name, kind)| Item::Value(Value { name, kind, span: Span::default() })),
    ];
    vec(item, 1..5).prop_map(|pieces| {
        let mut items: Vec<Item> = Vec::new();
        for item in pieces {
            match (items.last_mut(), item) {
                (Some(Item::Bytes(before)), Item::Bytes(bytes)) => before.extend(bytes),
                (Some(Item::Value(Value { kind: None, .. })), Item::Value(Value { kind: None, .. })) => {}
                (_, item) => items.push(item),
            }
        }
        Pattern { items, span: Span::default() }
    })
}
