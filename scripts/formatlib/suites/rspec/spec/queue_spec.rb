RSpec.describe "Cart" do
  describe "prices" do
    it "breaks (of the whole cart)" do
      begin_test("twin")
    end
  end
end
