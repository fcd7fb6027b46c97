"""The demo's shop: what it sells, and carts that people fill with it."""

import random
from dataclasses import dataclass
from decimal import Decimal

SHIPPING = "shipping"


@dataclass(frozen=True, slots=True)
class Product:
    """Something the shop sells; `price` in EUR."""

    sku: str
    name: str
    category: str
    price: Decimal

    def line(self, quantity: int = 1) -> dict[str, object]:
        """A cart line as the API takes it."""
        return {
            "sku": self.sku,
            "name": self.name,
            "category": self.category,
            "price": self.price,
            "quantity": quantity,
        }


def _products(category: str, prefix: str, *items: tuple[str, str]) -> list[Product]:
    return [
        Product(f"{prefix}-{number:03d}", name, category, Decimal(price))
        for number, (name, price) in enumerate(items, start=101)
    ]


PRODUCTS = [
    *_products(
        "Shoes", "SHO",
        ("Trail runner 'Ridge'", "89.90"), ("City sneaker", "64.95"), ("Leather boot", "129.00"),
        ("Canvas slip-on", "39.90"), ("Winter boot", "149.50"), ("Sandal 'Lido'", "34.99"),
    ),
    *_products(
        "Clothing", "CLO",
        ("Merino jumper", "79.00"), ("Linen shirt", "49.90"), ("Rain jacket", "119.00"), ("Chino", "59.95"),
        ("T-shirt, organic", "19.90"), ("Wool scarf", "29.50"), ("Down vest", "99.00"),
    ),
    *_products(
        "Accessories", "ACC",
        ("Leather belt", "24.90"), ("Canvas tote", "17.50"), ("Sunglasses", "45.00"),
        ("Rucksack 20 l", "69.90"),        ("Wallet", "32.00"), ("Umbrella", "22.90"),
    ),
    *_products(
        "Home", "HOM",
        ("Stoneware mug", "12.90"), ("Wool blanket", "85.00"), ("Bed linen", "74.90"), ("Candle", "9.95"),
        ("Carafe", "27.00"),
    ),
    *_products(
        "Outdoor", "OUT",
        ("Head torch", "36.50"), ("Tent, 2 persons", "199.00"), ("Sleeping mat", "54.90"),
        ("Flask 1 l", "25.90"),        ("Trekking poles", "64.00"), ("Stove", "48.00"),
    ),
]  # fmt: skip
BY_SKU = {product.sku: product for product in PRODUCTS}


def cart(*wanted: tuple[str, int]) -> list[dict[str, object]]:
    """A cart of (sku, quantity) pairs."""
    return [BY_SKU[sku].line(quantity) for sku, quantity in wanted]


def random_cart(chance: random.Random) -> list[dict[str, object]]:
    """What somebody might put into a cart: one to four products, mostly one of each."""
    chosen = chance.sample(PRODUCTS, chance.choices((1, 2, 3, 4), (45, 30, 17, 8))[0])
    return [product.line(chance.choices((1, 2, 3), (80, 15, 5))[0]) for product in chosen]


def shipping(chance: random.Random) -> dict[str, object]:
    """Additional costs of an order: shipping, sometimes free."""
    price = chance.choice(("0", "3.90", "4.90", "4.90", "6.50"))
    return {SHIPPING: {"price": Decimal(price)}}
