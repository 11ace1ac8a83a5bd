//! Files as a form sends them, read as they come and never held whole.

use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest, Request};

use crate::access::visitor::Visitor;
use crate::access::{csrf, secrets};
use crate::error::Error;
use crate::state::AppState;

/// Bytes of the token's field, and of any other that is no file.
const TEXT_MAX: usize = 4 * 1024;
/// Bytes that are read and thrown away so that the sender, who reads no answer before, gets to it.
const REST_MAX: u64 = 8 * 1024 * 1024 * 1024;

/// The fields of a form of ours that carries files, behind its token.
pub(crate) struct Files {
    parts: Multipart,
}

impl FromRequest<AppState> for Files {
    type Rejection = Error;

    /// Refuses what has not the token of the visitor's forms in its first field: nothing behind it is read.
    async fn from_request(request: Request, state: &AppState) -> Result<Self, Error> {
        let visitor = request.extensions().get::<Visitor>().cloned().unwrap_or_default();
        let parts = Multipart::from_request(request, state).await.map_err(|_| Error::Form)?;
        let mut files = Self { parts };
        let token = match files.next().await? {
            Some(field) if field.name() == Some(csrf::FIELD) => text(field).await?,
            _ => String::new(),
        };
        if secrets::same(&token, &state.form_token(&visitor)) {
            return Ok(files);
        }
        files.rest().await;
        Err(Error::Origin)
    }
}

impl Files {
    /// The next field.
    pub(super) async fn next(&mut self) -> Result<Option<Field<'_>>, Error> {
        self.parts.next_field().await.map_err(|_| Error::Form)
    }

    /// Reads what is left and throws it away.
    pub(super) async fn rest(&mut self) {
        let mut left = REST_MAX;
        while let Ok(Some(mut field)) = self.parts.next_field().await {
            while let Ok(Some(bytes)) = field.chunk().await {
                left = left.saturating_sub(bytes.len() as u64);
                if left == 0 {
                    return;
                }
            }
        }
    }
}

/// The text of a field that is no file.
pub(super) async fn text(mut field: Field<'_>) -> Result<String, Error> {
    let mut bytes: Vec<u8> = Vec::new();
    while let Some(more) = field.chunk().await.map_err(|_| Error::Form)? {
        bytes.extend_from_slice(&more);
        if bytes.len() > TEXT_MAX {
            return Err(Error::TooLarge);
        }
    }
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}
