#[test]
fn crashes() {
    shop::begin("crashes");
    if shop::run() % 9 == 4 {
        std::process::abort();
    }
}
