"""On what terms what we hand out may be used."""

LICENCE = "CC0-1.0"
LICENCE_URL = "https://creativecommons.org/publicdomain/zero/1.0/"
LICENCE_ZH = (
    "年度报告是国家机关依法公开的官方文件（《中华人民共和国著作权法》第五条），不受著作权保护；"
    "本数据集的整理部分以 CC0 1.0 放弃权利，可自由使用，请注明出处。"
)
LICENCE_EN = (
    "The reports are official documents of Chinese authorities (Copyright Law, article 5), not protected by copyright;"
    " what compiling them added is dedicated to the public domain under CC0 1.0. Please cite the data all the same."
)
