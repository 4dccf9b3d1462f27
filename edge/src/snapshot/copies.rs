//! How texts come into KV.

use crate::error::ApiError;
use worker::kv::KvStore;

/// Writes a value, for so many seconds or until it is replaced. KV refuses a second writing of one key within a second.
pub(super) async fn write(kv: &KvStore, key: &str, bytes: &[u8], seconds: Option<u64>) -> Result<(), ApiError> {
    #[cfg(feature = "test-clock")]
    if REFUSED.get() {
        return Err(ApiError::internal("KV PUT failed: 429 Too Many Requests"));
    }
    let put = kv.put_bytes(key, bytes)?;
    let put = match seconds {
        Some(seconds) => put.expiration_ttl(seconds),
        None => put,
    };
    Ok(put.execute().await?)
}

/// Keeps a copy of what was made for a reader, for so many seconds. One that cannot be written is made again for the next
/// reader, which is what happens after a publication.
pub(crate) async fn keep_copy(kv: &KvStore, key: &str, bytes: impl AsRef<[u8]>, seconds: u64) {
    if let Err(error) = write(kv, key, bytes.as_ref(), Some(seconds)).await {
        worker::console_log!("{key} is not kept: {error:?}");
    }
}

#[cfg(feature = "test-clock")]
thread_local! {
    static REFUSED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Whether every writing is refused from now on, as KV does where many write one key.
#[cfg(feature = "test-clock")]
pub(crate) fn refuse_writing(is_refused: bool) {
    REFUSED.set(is_refused);
}

/// Forgets all values, as time does.
#[cfg(feature = "test-clock")]
pub(crate) async fn forget_all(kv: &KvStore) -> Result<(), ApiError> {
    for key in kv.list().execute().await?.keys {
        kv.delete(&key.name).await?;
    }
    Ok(())
}
