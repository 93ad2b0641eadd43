//! Filling an empty table at once: its indexes are made afterwards, from all rows, sorted.
//!
//! Owns setting indexes aside, and triggers that look into the table, and putting them back as they
//! were; what the triggers would have counted is the caller's. A million rows come in half the time,
//! and in a small cache. Must only be used where nobody reads meanwhile: at the first start.

use super::Conn;

/// The indexes of a table and the triggers that name it, set aside.
#[must_use = "a table without its indexes is slow, and takes doubles"]
pub struct Aside(Vec<String>);

/// Drops the indexes of a table, and every trigger that names it, which would search it without
/// them; within the caller's transaction. The indexes of its keys stay.
///
/// # Errors
/// When the database cannot be written.
pub async fn set_aside(conn: &mut Conn, table: &str) -> Result<Aside, sqlx::Error> {
    let found: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT type, name, sql FROM sqlite_master
          WHERE sql IS NOT NULL AND (type = 'index' AND tbl_name = $1
             OR type = 'trigger' AND instr(sql, $1) > 0)
          ORDER BY type, name",
    )
    .bind(table)
    .fetch_all(&mut *conn)
    .await?;
    let mut made = Vec::new();
    for (kind, name, sql) in found {
        let drop = format!("DROP {kind} \"{name}\"");
        sqlx::query(sqlx::AssertSqlSafe(drop)).execute(&mut *conn).await?;
        made.push(sql);
    }
    Ok(Aside(made))
}

impl Aside {
    /// Makes them again, as they were.
    ///
    /// # Errors
    /// When two rows are alike that may not be, or the database cannot be written.
    pub async fn put_back(self, conn: &mut Conn) -> Result<(), sqlx::Error> {
        for sql in self.0 {
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *conn).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::server::store::Store;

    #[tokio::test]
    async fn indexes_come_back_as_they_were_and_hold_what_they_held() {
        let folder = tempfile::tempdir().unwrap();
        let name = format!("sqlite:{}", folder.path().join("one.db").display());
        let store = Store::open(&name).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let indexes = "SELECT group_concat(name || sql) FROM
            (SELECT name, sql FROM sqlite_master WHERE tbl_name = 'site_users'
                OR type = 'trigger' ORDER BY name)";
        let before: String = sqlx::query_scalar(indexes).fetch_one(&mut *tx).await.unwrap();
        let aside = super::set_aside(&mut tx, "site_users").await.unwrap();
        let without: String = sqlx::query_scalar(indexes).fetch_one(&mut *tx).await.unwrap();
        assert_ne!(without, before);
        aside.put_back(&mut tx).await.unwrap();
        let after: String = sqlx::query_scalar(indexes).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(after, before);
    }
}
