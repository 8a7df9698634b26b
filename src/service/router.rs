//! The paths behind the door, but for TS 29.511's one, which is answered before.

use super::door::Service;
use super::fault::Fault;
use super::{camara, equipment, keeping, openapi, operate, screen};
use axum::Router;
use axum::http::StatusCode;
use axum::http::Uri;
use axum::routing::{get, post};
use std::sync::Arc;

/// The router of all interfaces.
pub(super) fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route(camara::PATH, post(camara::check))
        .route("/v1/screen", post(screen::screen))
        .merge(keeping::routes())
        .route("/metrics", get(operate::metrics))
        .route("/healthz", get(operate::alive))
        .route("/readyz", get(operate::ready))
        .route("/openapi.json", get(openapi::openapi))
        .fallback(nothing)
        .method_not_allowed_fallback(no_method)
        .with_state(service)
}

async fn nothing(uri: Uri) -> Fault {
    let path = uri.path();
    match path.strip_prefix("/n5g-eir-eic/") {
        // TS 29.500: an API or a version of one that is not there.
        Some(rest) if !rest.starts_with("v1/") && rest != "v1" => {
            let detail = format!("version 1 is served: {}", equipment::PATH);
            Fault::new(StatusCode::BAD_REQUEST, "INVALID_API", detail)
        }
        Some(_) | None => Fault::not_found(),
    }
}

/// The router itself says what is allowed, in a header.
async fn no_method() -> Fault {
    let detail = "not this method; `Allow` says which";
    Fault::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", detail)
}
