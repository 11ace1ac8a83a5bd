//! The aggregate function `pair_count_state(items, cap, pass, passes)` of the query engine.
//!
//! `items` is a basket as a list of UInt32; `cap` is the largest basket that forms pairs; of `passes`
//! passes this is number `pass`. The result, like each partial state, is the state's bytes.

use std::mem::size_of_val;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Field, FieldRef, Int64Type, UInt32Type};
use datafusion::common::{Result, exec_datafusion_err, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};
use datafusion::scalar::ScalarValue;

use super::state::{PairState, Pass};

/// The function's name in SQL.
pub(super) const NAME: &str = "pair_count_state";

/// Counts pairs of items over baskets.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct PairCountUdaf {
    signature: Signature,
}

impl PairCountUdaf {
    /// The function, ready to be registered.
    pub fn new() -> Self {
        Self { signature: Signature::any(4, Volatility::Immutable) }
    }
}

impl Default for PairCountUdaf {
    fn default() -> Self {
        Self::new()
    }
}

impl AggregateUDFImpl for PairCountUdaf {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        let basket =
            matches!(&arguments[0], DataType::List(of) if of.data_type() == &DataType::UInt32);
        if !basket || arguments[1..].iter().any(|of| of != &DataType::Int64) {
            return plan_err!("{NAME} takes a list of UInt32 and three Int64, not {arguments:?}");
        }
        Ok(DataType::LargeBinary)
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(PairAccumulator::default()))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(args.name, DataType::LargeBinary, true))])
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

#[derive(Debug, Default)]
struct PairAccumulator {
    state: PairState,
}

impl Accumulator for PairAccumulator {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let rows = values[0].len();
        if rows == 0 {
            return Ok(());
        }
        let number = |at: usize| -> Result<u32> {
            let value = values[at].as_primitive::<Int64Type>().value(0);
            u32::try_from(value)
                .map_err(|_| exec_datafusion_err!("{NAME}: {value} is out of range"))
        };
        let (cap, pass) = (number(1)?, Pass { at: number(2)?, of: number(3)?.max(1) });
        let baskets = values[0].as_list::<i32>();
        let items = baskets.values().as_primitive::<UInt32Type>();
        if items.null_count() > 0 {
            return Err(exec_datafusion_err!("{NAME}: a basket has an item without a place"));
        }
        for (row, bounds) in baskets.offsets().windows(2).enumerate() {
            if baskets.is_valid(row) {
                let bound = |at: usize| usize::try_from(bounds[at]).unwrap_or(0);
                self.state.add(&items.values()[bound(0)..bound(1)], cap as usize, pass);
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::LargeBinary(Some(self.state.bytes())))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.state.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for bytes in states[0].as_binary::<i64>().iter().flatten() {
            self.state.merge(bytes).map_err(|error| exec_datafusion_err!("{NAME}: {error}"))?;
        }
        Ok(())
    }
}
