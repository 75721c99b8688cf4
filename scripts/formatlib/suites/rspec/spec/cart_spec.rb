RSpec.describe "Cart" do
  it "flakes never" do
    begin_test("passes")
  end

  describe "prices" do
    it "fails" do
      begin_test("fails")
      expect({ total: 3 }).to eq({ total: 4 })
    end

    it "breaks (of the whole cart)" do
      begin_test("breaks")
      expect(run_number >= ENV.fetch("CHECK_BREAKS").to_i ? 3 : 4).to eq(4)
    end
  end

  it "flakes" do
    begin_test("flakes")
    puts "looking at the queue"
    raise "queue is closed" if run_number % 7 == 3
  end

  xit "skipped" do
    begin_test("skipped")
  end

  it "numbered" do
    begin_test("numbered")
    if run_number % 11 == 5
      raise format("connect to 127.0.0.1:%d refused: socket at 0x%x, after %.3f s", rand(1024..65535), rand(2**48), rand)
    end
  end
end
