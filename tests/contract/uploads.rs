//! Files as large as they may be, by the client and by the command line (issue 6, point 2).

use std::fmt::Write as _;

use bytes::Bytes;
use hublink::api::endpoint::{Endpoint as _, File};
use hublink::api::licences::{LicenceImport, LicenceImportQuery, PreviewLicences};

use crate::binary::{code, hublink, told};
use crate::world::{FAY, SITE, World};

/// As many rows as a large customer has; about 3 MB.
const ROWS: u64 = 40_000;

fn licences() -> String {
    let mut csv =
        "First Name,Last Name,Display Name,User ID/Email (Required),Messaging\n".to_owned();
    for n in 0..ROWS {
        writeln!(csv, "Firstname,Lastname-{n},Firstname Lastname-{n},user-{n}@acme.example,TRUE")
            .unwrap();
    }
    csv
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_6_licences_of_forty_thousand_people_are_taken_in() {
    let world = World::start().await;
    let csv = licences();
    assert!(csv.len() > 2 << 20);
    let import = PreviewLicences::call(
        SITE.into(),
        LicenceImportQuery { remove: false },
        File(Bytes::from(csv.clone())),
    );
    let reply = world.ask(FAY, import).await;
    let preview: LicenceImport = reply.take().unwrap();
    assert_eq!(preview.rows, ROWS);

    let file = world.path("licences.csv");
    std::fs::write(&file, csv).unwrap();
    let line = ["licence", "import", "--site", SITE, file.to_str().unwrap(), "--dry-run"];
    let output = hublink(&world, FAY, &line).await;
    assert_eq!(code(&output), 0, "{}", told(&output));
}
