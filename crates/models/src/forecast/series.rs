//! A series of readings made ready: in order of time, one value a moment, spikes cut, level shifts taken out.

/// What readings tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// A level that stands until the next reading: seats in use, gigabytes.
    #[default]
    Gauge,
    /// Events of a period, which begin at zero in the next: calls a month.
    Count,
}

/// One reading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// When, in days from any fixed day.
    pub day: f64,
    /// The value, finite.
    pub value: f64,
}

/// Readings of one series, ready to be continued.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// In order of time, at different times; spikes are cut and earlier levels moved to the last one's.
    pub readings: Vec<Reading>,
    /// The usual distance between readings, days, above 0.
    pub step: f64,
    /// The noise of one reading around the trend, in the readings' unit, above 0.
    pub noise: f64,
    /// The days of the first readings after level shifts that were taken out, ascending.
    pub shifts: Vec<f64>,
    /// What the readings tell.
    pub kind: Kind,
}

/// A jump so many times larger than the usual change is no change of the trend.
const JUMP: f64 = 8.0;
/// One that is seen to last may be smaller.
const LASTING: f64 = 5.0;

impl Series {
    /// Makes readings ready; `None` without any. Those of the same moment count once, the last given.
    ///
    /// A reading that jumps away and back at once is a spike: it gets the mean of its neighbours. A jump that lasts
    /// is a level shift (a change of plan, a merged department): what came before is moved to the new level, so that
    /// only the trend goes on and not the jump. Both are told by the median absolute deviation of the changes
    /// (Hampel 1974).
    pub fn new(readings: &[Reading], kind: Kind) -> Option<Self> {
        let mut readings = readings.to_vec();
        readings.sort_by(|a, b| a.day.total_cmp(&b.day));
        let mut kept: Vec<Reading> = Vec::with_capacity(readings.len());
        for reading in readings {
            match kept.last_mut() {
                Some(last) if last.day >= reading.day => *last = reading,
                _ => kept.push(reading),
            }
        }
        if kept.is_empty() {
            return None;
        }
        let gaps: Vec<f64> = kept.windows(2).map(|pair| pair[1].day - pair[0].day).collect();
        let step = median(&gaps).unwrap_or(30.0);
        cut_spikes(&mut kept);
        let shifts = level(&mut kept);
        let noise = noise(&kept, kind);
        Some(Self { readings: kept, step, noise, shifts, kind })
    }

    /// The last reading.
    pub fn last(&self) -> Reading {
        *self.readings.last().expect("a series has a reading")
    }

    /// How many readings.
    pub fn len(&self) -> usize {
        self.readings.len()
    }

    /// Whether there is none: never.
    pub fn is_empty(&self) -> bool {
        self.readings.is_empty()
    }
}

/// The middle value, the mean of two middle ones; `None` of nothing.
pub(super) fn median(values: &[f64]) -> Option<f64> {
    let mut values = values.to_vec();
    let half = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let even = values.len().is_multiple_of(2);
    // Selection takes a tenth of the time of sorting.
    let (below, middle, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    if !even {
        return Some(*middle);
    }
    below.iter().copied().max_by(f64::total_cmp).map(|before| f64::midpoint(before, *middle))
}

/// Changes with their median and how far they usually are from it.
fn changes(readings: &[Reading]) -> (Vec<f64>, f64, f64) {
    let changes: Vec<f64> = readings.windows(2).map(|pair| pair[1].value - pair[0].value).collect();
    let middle = median(&changes).unwrap_or(0.0);
    let away: Vec<f64> = changes.iter().map(|change| (change - middle).abs()).collect();
    let largest = readings.iter().map(|reading| reading.value.abs()).fold(0.0, f64::max);
    // Whole numbers often repeat: without a floor a single step would look like a jump.
    let usual = (1.4826 * median(&away).unwrap_or(0.0)).max(0.02 * largest).max(f64::MIN_POSITIVE);
    (changes, middle, usual)
}

fn cut_spikes(readings: &mut [Reading]) {
    if readings.len() < 5 {
        return;
    }
    let (changes, _, usual) = changes(readings);
    let spike = |at: &usize| {
        let (up, down) = (changes[*at - 1], changes[*at]);
        let back = up.signum() != down.signum() && (up + down).abs() < 0.5 * up.abs();
        back && up.abs().min(down.abs()) > JUMP * usual
    };
    let spikes: Vec<usize> = (1..changes.len()).filter(spike).collect();
    if spikes.len() > rare(readings) {
        return;
    }
    for at in spikes {
        readings[at].value = f64::midpoint(readings[at - 1].value, readings[at + 1].value);
    }
}

fn level(readings: &mut [Reading]) -> Vec<f64> {
    if readings.len() < 6 {
        return Vec::new();
    }
    let (changes, middle, usual) = changes(readings);
    let beyond = |at: usize| (changes[at] - middle).abs() / usual;
    let mut jumps: Vec<usize> = (0..changes.len()).filter(|at| beyond(*at) > LASTING).collect();
    if jumps.len() > rare(readings) {
        return Vec::new();
    }
    jumps.retain(|at| {
        let seen = readings.len() - at > 2;
        (beyond(*at) > JUMP || seen) && lasts(readings, *at, middle, changes[*at] - middle)
    });
    for at in &jumps {
        for earlier in &mut readings[..=*at] {
            earlier.value += changes[*at] - middle;
        }
    }
    jumps.iter().map(|at| readings[at + 1].day).collect()
}

/// Whether most of a jump is there still in the readings of both sides: a weekend is none.
fn lasts(readings: &[Reading], at: usize, middle: f64, beyond: f64) -> bool {
    const SIDE: usize = 7;
    let values = |of: &[Reading]| median(&of.iter().map(|it| it.value).collect::<Vec<_>>());
    let before = &readings[(at + 1).saturating_sub(SIDE)..=at];
    let after = &readings[at + 1..(at + 1 + SIDE).min(readings.len())];
    let (Some(from), Some(to)) = (values(before), values(after)) else { return false };
    let apart = f64::midpoint(before.len() as f64, after.len() as f64);
    (to - from - middle * apart) / beyond > 0.5
}

/// What happens more often than this recurs: weekends are no level shifts, and Mondays no spikes.
fn rare(readings: &[Reading]) -> usize {
    (readings.len() / 12).max(1)
}

/// What is added to a count before its square root is taken.
pub(super) const STEADY: f64 = 0.375;

/// Counts vary with their size; the square roots of the counts and three eighths do not (Anscombe 1948).
pub(super) fn steady(value: f64) -> f64 {
    (value.max(0.0) + STEADY).sqrt()
}

/// The count of a steadied value.
pub(super) fn unsteady(value: f64) -> f64 {
    (value.max(0.0).powi(2) - STEADY).max(0.0)
}

/// Standard deviation of a reading about its neighbours' trend, from second differences, robustly; a hundredth of
/// the level at the least. Of counts it is half the root of variance over mean, which is what the steadied values vary
/// by, taken from the counts themselves: steadied ones have too little near zero.
///
/// The variance of a second difference of independent noise is one and a half times that of one reading.
pub(super) fn noise(readings: &[Reading], kind: Kind) -> f64 {
    let own = |value: f64| if kind == Kind::Count { unsteady(value) } else { value };
    let second: Vec<f64> = readings
        .windows(3)
        .map(|three| {
            let share = (three[1].day - three[0].day) / (three[2].day - three[0].day);
            let (first, last) = (own(three[0].value), own(three[2].value));
            let between = first + share * (last - first);
            (own(three[1].value) - between).abs() * (2.0_f64 / 3.0).sqrt()
        })
        .collect();
    let count = second.len().max(1) as f64;
    if kind == Kind::Count {
        let mean = readings.iter().map(|it| own(it.value)).sum::<f64>() / readings.len() as f64;
        let variance = second.iter().map(|it| it * it).sum::<f64>() / count;
        return (0.25 * variance / mean.max(0.02)).sqrt().max(1e-9);
    }
    let mean = second.iter().sum::<f64>() / count;
    // Between the robust and the plain one: whole numbers that often stay have a median of nothing.
    let robust = 1.4826 * median(&second).unwrap_or(0.0);
    let level =
        readings.iter().map(|reading| reading.value.abs()).sum::<f64>() / readings.len() as f64;
    f64::midpoint(robust, 1.2533 * mean).max(0.01 * level).max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: &[f64]) -> Series {
        let readings: Vec<Reading> = (0..)
            .zip(values)
            .map(|(day, value)| Reading { day: f64::from(day) * 30.0, value: *value })
            .collect();
        Series::new(&readings, Kind::Gauge).expect("readings")
    }

    #[test]
    fn a_spike_is_cut_and_a_shift_taken_out() {
        let spiked = series(&[10.0, 11.0, 12.0, 90.0, 14.0, 15.0, 16.0]);
        assert!((spiked.readings[3].value - 13.0).abs() < 1e-9, "{spiked:?}");
        let shifted = series(&[10.0, 11.0, 12.0, 13.0, 64.0, 65.0, 66.0, 67.0]);
        assert_eq!(shifted.shifts, [120.0]);
        assert!((shifted.readings[0].value - 60.0).abs() < 1e-9, "{shifted:?}");
    }

    #[test]
    fn a_plain_trend_is_left_as_it_is() {
        let plain = series(&[10.0, 12.0, 11.0, 14.0, 13.0, 16.0]);
        assert_eq!((plain.shifts.len(), plain.readings[0].value, plain.step), (0, 10.0, 30.0));
    }

    #[test]
    fn one_value_a_moment() {
        let twice = [(1.0, 5.0), (0.0, 4.0), (1.0, 6.0)].map(|(day, value)| Reading { day, value });
        let series = Series::new(&twice, Kind::Gauge).expect("readings");
        assert_eq!((series.len(), series.last().value), (2, 6.0));
        assert_eq!(Series::new(&[], Kind::Gauge), None);
    }
}
