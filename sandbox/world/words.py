"""The words and places that people, goods and campaigns are made of."""

from typing import Final

from sandbox.world.entities import Presentment

FIRST: Final = ["Ada", "Bruno", "Clara", "Dario", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kaito", "Lena", "Malik", "Nora", "Otis", "Priya", "Quinn", "Rosa", "Sven", "Talia", "Uma", "Viktor", "Wanda", "Ximena", "Yara", "Zane", "Amara", "Björn", "Chloé", "Dmitri", "Esra", "Farid", "Giulia", "Hana", "Ivo", "Jaya", "Koji", "Lucía", "Mateo", "Noémie"]
LAST: Final = ["Abbott", "Bergström", "Castillo", "Dubois", "Eriksen", "Fontaine", "Garcia", "Hoffmann", "Ito", "Jensen", "Kowalski", "Larsen", "Moreau", "Nakamura", "O'Brien", "Petrov", "Quintero", "Rossi", "Schmidt", "Tanaka", "Ueda", "Vargas", "Weber", "Xu", "Yilmaz", "Zhang", "Adeyemi", "Brandt", "Costa", "Delgado", "Eberhart", "Fischer"]
STREETS: Final = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Hazel", "Juniper", "Larch", "Maple", "Oak", "Pine", "Rowan", "Spruce", "Willow"]

# (weight, city, province, code, country, country code, postcode, sales tax in hundredths of a per cent)
CITIES: Final = (
    (16, "New York", "New York", "NY", "United States", "US", "10001", 888),
    (12, "Los Angeles", "California", "CA", "United States", "US", "90012", 950),
    (10, "Chicago", "Illinois", "IL", "United States", "US", "60601", 1025),
    (9, "Austin", "Texas", "TX", "United States", "US", "78701", 825),
    (9, "Portland", "Oregon", "OR", "United States", "US", "97201", 0),
    (9, "Seattle", "Washington", "WA", "United States", "US", "98101", 1035),
    (8, "Denver", "Colorado", "CO", "United States", "US", "80202", 881),
    (8, "Atlanta", "Georgia", "GA", "United States", "US", "30303", 890),
    (6, "Toronto", "Ontario", "ON", "Canada", "CA", "M5H 2N2", 1300),
    (5, "London", "England", "ENG", "United Kingdom", "GB", "SW1A 1AA", 2000),
    (5, "Berlin", "Berlin", "BE", "Germany", "DE", "10115", 1900),
    (3, "Tokyo", "Tōkyō", "JP-13", "Japan", "JP", "100-0001", 1000),
)
DOLLARS: Final = Presentment(currency="USD", ppm=1_000_000, digits=2)
ABROAD: Final = {
    "CA": Presentment(currency="CAD", ppm=1_380_000, digits=2),
    "GB": Presentment(currency="GBP", ppm=760_000, digits=2),
    "DE": Presentment(currency="EUR", ppm=870_000, digits=2),
    "JP": Presentment(currency="JPY", ppm=1_510_000, digits=0),
}
GOODS: Final = (
    ("Cedar Soap Bar", "Soap", 1200, 310, ("Single", "Three Pack"), "ACTIVE"),
    ("Juniper Hand Wash", "Soap", 1800, 420, ("300 ml", "500 ml", "Refill"), "ACTIVE"),
    ("Rye Body Scrub", "Body", 2600, 640, ("150 g", "300 g"), "ACTIVE"),
    ("Larch Face Oil", "Face", 4200, 980, ("15 ml", "30 ml"), "ACTIVE"),
    ("Oat Night Cream", "Face", 5400, 1300, ("50 ml",), "ACTIVE"),
    ("Willow Shampoo Bar", "Hair", 1600, 380, ("Dry", "Normal", "Oily"), "ACTIVE"),
    ("Birch Beard Balm", "Hair", 2100, 500, ("60 g",), "ACTIVE"),
    ("Linen Wash Cloth", "Home", 900, 240, ("Sand", "Moss", "Ink"), "ACTIVE"),
    ("Beech Soap Dish", "Home", 1500, 450, ("Natural", "Smoked"), "ACTIVE"),
    ("Spruce Candle", "Home", 3400, 900, ("Small", "Large"), "ACTIVE"),
    ("Winter Gift Box", "Sets", 7800, 2900, ("Classic", "Deluxe"), "DRAFT"),
    ("Fir Bath Salt", "Body", 2300, 560, ("400 g",), "ARCHIVED"),
)
CODES: Final = (("WELCOME10", 10), ("SPRING15", 15), ("VIP20", 20))
REASONS: Final = ("fraudulent", "product_not_received", "product_unacceptable", "unrecognized")
