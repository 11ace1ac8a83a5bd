//! Propensity: who accepts an offer, and who leaves.

use super::{Claim, Model, Required};
use crate::bench::program::Setting;
use crate::bench::python::Python;
use crate::data;
use anyhow::{Context, Result};
use serde_json::Value;

pub(super) const MODEL: Model = Model {
    name: "propensity",
    protocol: "bank_uci without `duration`, telco_ibm without what is known only after leaving: five folds by row number \
               mod 5, each held out once; mean area under the ROC curve. Required is what LightGBM with default settings \
               gets on the same folds and columns",
    files: &["bank_uci/bank-full.csv", "telco_ibm/Telco_customer_churn.xlsx"],
    claims,
};

/// Expected calibration error that is still called calibrated.
const ECE: f64 = 0.02;

fn claims(setting: &Setting) -> Result<Vec<Claim>> {
    let python = Python::prepare()?;
    let [bank, telco] = MODEL.files else { anyhow::bail!("two files are read") };
    let (bank, telco) = (data::folder().join(bank), data::folder().join(telco));
    let folder = setting.scratch.join("propensity");
    let arguments =
        [setting.program.as_os_str(), bank.as_os_str(), telco.as_os_str(), folder.as_os_str()];
    let said = python.script("propensity.py", arguments)?;
    let mut claims = Vec::new();
    for data in ["bank_uci", "telco_ibm"] {
        let number = |key: &str| -> Result<f64> {
            let found = said.get(data).and_then(|it| it.get(key)).and_then(Value::as_f64);
            found.with_context(|| format!("the script said no `{key}` of {data}: {said}"))
        };
        claims.push(Claim {
            spread: Some(number("spread")?),
            trivial: Some(("logistic regression", number("logistic")?)),
            ..Claim::new(data, "AUC", number("ours")?, Required::AtLeast(number("lightgbm")?))
        });
        let error = "expected calibration error";
        claims.push(Claim::new(data, error, number("ece")?, Required::AtMost(ECE)));
    }
    Ok(claims)
}
