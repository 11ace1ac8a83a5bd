//! The scalar function `civil_day(instant)`: the day of a moment in the workspace's zone.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use domain::time::{Day, Days, Instant, Zone};

/// `civil_day` in `zone`, taking microseconds UTC or a timestamp.
pub fn civil_day(zone: &Zone) -> ScalarUDF {
    ScalarUDF::from(CivilDay {
        zone: zone.clone(),
        signature: Signature::any(1, Volatility::Immutable),
    })
}

#[derive(Debug, PartialEq, Eq)]
struct CivilDay {
    zone: Zone,
    signature: Signature,
}

impl Hash for CivilDay {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.zone.name().hash(state);
    }
}

impl ScalarUDFImpl for CivilDay {
    fn name(&self) -> &'static str {
        "civil_day"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Date32)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let array = args.args[0].to_array(args.number_rows)?;
        let micros = cast(&array, &DataType::Int64)?;
        let micros = micros.as_any().downcast_ref::<Int64Array>().expect("cast to Int64");
        let days: Date32Array = days_of(micros, &self.zone);
        Ok(ColumnarValue::Array(Arc::new(days) as ArrayRef))
    }
}

/// Microseconds of a day without a change of the clock.
const DAY_MICROS: i64 = 86_400_000_000;

/// One zone look-up per civil day, in whatever order the moments come: the days that touch a UTC day are few.
fn days_of(micros: &Int64Array, zone: &Zone) -> Date32Array {
    let mut known: HashMap<i64, Vec<(i64, i64, i32)>> = HashMap::new();
    micros
        .iter()
        .map(|at| {
            let at = at?;
            let near = known.entry(at.div_euclid(DAY_MICROS)).or_default();
            if let Some((_, _, day)) =
                near.iter().find(|(start, end, _)| (*start..*end).contains(&at))
            {
                return Some(*day);
            }
            let day = zone.day_of(Instant(at));
            let start = zone.end_of_day(day.plus(Days(-1))).0 + 1;
            near.push((start, zone.end_of_day(day).0 + 1, day.0));
            Some(day.0)
        })
        .collect()
}

/// The SQL literal of a day.
pub fn literal(day: Day) -> String {
    format!("DATE '{day}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_of_the_zone() {
        let zone = Zone::named("America/New_York").expect("New York");
        let day = Day::parse_iso("2017-03-12").expect("a day");
        let start = zone.instant(day, 0, 0).0;
        let end = zone.end_of_day(day).0;
        let moments =
            Int64Array::from(vec![Some(start), Some(end), Some(end + 1), Some(start - 1), None]);
        let days = days_of(&moments, &zone);
        let expected = Date32Array::from(vec![
            Some(day.0),
            Some(day.0),
            Some(day.0 + 1),
            Some(day.0 - 1),
            None,
        ]);
        assert_eq!(days, expected);
    }
}
