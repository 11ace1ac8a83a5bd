//! A fitted function that can be kept.

use serde::{Deserialize, Serialize};

use super::boosted::Ensemble;
use super::frame::Frame;
use super::learner::{Contributions, Fitted, Task};
use super::linear::Coefficients;

/// Trees or lines, as they were fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Function {
    /// Boosted trees.
    Trees(Ensemble),
    /// A penalised line.
    Lines(Coefficients),
}

impl Function {
    fn fitted(&self) -> &dyn Fitted {
        match self {
            Self::Trees(trees) => trees,
            Self::Lines(lines) => lines,
        }
    }
}

impl Fitted for Function {
    fn task(&self) -> Task {
        self.fitted().task()
    }

    fn margins(&self, frame: &Frame) -> Vec<f64> {
        self.fitted().margins(frame)
    }

    fn contributions(&self, frame: &Frame) -> Contributions {
        self.fitted().contributions(frame)
    }

    fn ways(&self, frame: &Frame) -> Contributions {
        self.fitted().ways(frame)
    }
}
