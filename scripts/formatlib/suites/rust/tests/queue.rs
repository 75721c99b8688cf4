mod cart {
    mod prices {
        #[test]
        fn breaks() {
            shop::begin("twin");
        }
    }
}
