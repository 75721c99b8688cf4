import pytest

from test_cart import begin


class TestPrices:
    @pytest.mark.parametrize("of", ["whole [cart]"])
    def test_breaks(self, of):
        begin("twin")
