"""
Words of the hotline are read as people read them.

The front end of the voice is jieba, which cuts words, and pypinyin, which reads them. Where jieba
is not installed, pypinyin cuts for itself, and reads the terms alike.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Final

import pytest
from pypinyin import Style, lazy_pinyin, load_phrases_dict, pinyin
from pypinyin.constants import PHRASES_DICT
from pypinyin.contrib.tone_convert import to_tone

from callcenter.telephony.speech.polyphones import polyphones

_TERMS: Final = """
重听 chong2 ting1 | 重复 chong2 fu4 | 重新 chong2 xin1 | 重组 chong2 zu3 | 重仓 zhong4 cang1
权重 quan2 zhong4 | 比重 bi3 zhong4 | 还款 huan2 kuan3 | 偿还 chang2 huan2 | 归还 gui1 huan2
还本付息 huan2 ben3 fu4 xi1 | 三只 san1 zhi1 | 单只 dan1 zhi1 | 两只 liang3 zhi1 | 每只 mei3 zhi1
只能 zhi3 neng2 | 只有 zhi3 you3 | 为准 wei2 zhun3 | 视为 shi4 wei2 | 作为 zuo4 wei2
数量为 shu4 liang4 wei2 | 价格为 jia4 ge2 wei2 | 余额为 yu2 e2 wei2 | 为了 wei4 le5 | 因为 yin1 wei4
银行 yin2 hang2 | 行情 hang2 qing2 | 行业 hang2 ye4 | 央行 yang1 hang2 | 总行 zong3 hang2
分行 fen1 hang2 | 投行 tou2 hang2 | 行号 hang2 hao4 | 行权 xing2 quan2 | 发行 fa1 xing2
发行价 fa1 xing2 jia4 | 执行 zhi2 xing2 | 进行 jin4 xing2 | 上涨 shang4 zhang3 | 涨停 zhang3 ting2
涨幅 zhang3 fu2 | 涨跌幅 zhang3 die1 fu2 | 增长 zeng1 zhang3 | 成长股 cheng2 zhang3 gu3
董事长 dong3 shi4 zhang3 | 长期 chang2 qi1 | 长城汽车 chang2 cheng2 qi4 che1 | 长盛 chang2 sheng4
不得 bu4 de2 | 获得 huo4 de2 | 取得 qu3 de2 | 涨得 zhang3 de5 | 接着 jie1 zhe5 | 着手 zhuo2 shou3
朝上 chao2 shang4 | 今朝 jin1 zhao1 | 利率 li4 lv4 | 汇率 hui4 lv4 | 收益率 shou1 yi4 lv4
市盈率 shi4 ying2 lv4 | 中签率 zhong1 qian1 lv4 | 率先 shuai4 xian1 | 调整 tiao2 zheng3
上调 shang4 tiao2 | 下调 xia4 tiao2 | 回调 hui2 tiao2 | 调查 diao4 cha2 | 调出 diao4 chu1
数量 shu4 liang4 | 成交量 cheng2 jiao1 liang4 | 当日 dang1 ri4 | 当前 dang1 qian2 | 更新 geng1 xin1
变更 bian4 geng1 | 更正 geng1 zheng4 | 空头 kong1 tou2 | 做空 zuo4 kong1 | 差额 cha1 e2
价差 jia4 cha1 | 部分 bu4 fen4 | 成分股 cheng2 fen4 gu3 | 万分之三 wan4 fen1 zhi1 san1
处理 chu3 li3 | 办事处 ban4 shi4 chu4 | 转账 zhuan3 zhang4 | 转股 zhuan3 gu3 | 划转 hua4 zhuan3
冲正 chong1 zheng4 | 会计 kuai4 ji4 | 折算 zhe2 suan4 | 解禁 jie3 jin4 | 累计 lei3 ji4
应收 ying1 shou1 | 应答 ying4 da2 | 提供 ti2 gong1 | 给予 ji3 yu3 | 参与 can1 yu4
下降 xia4 jiang4 | 相同 xiang1 tong2 | 账号 zhang4 hao4 | 省略 sheng3 lve4 | 没有 mei2 you3
兴业银行 xing1 ye4 yin2 hang2 | 厦门银行 xia4 men2 yin2 hang2 | 重庆银行 chong2 qing4 yin2 hang2
中信证券 zhong1 xin4 zheng4 quan4
"""
TERMS: Final = {
    words: reading
    for term in _TERMS.replace("\n", "|").split("|")
    for words, _, reading in [term.strip().partition(" ")]
    if words
}
SENTENCES: Final = {
    "重听请按井号": "chong2 ting1 qing3 an4 jing3 hao4",
    "您一共持有三只股票": "nin2 yi1 gong4 chi2 you3 san1 zhi1 gu3 piao4",
    "下一只请按井号": "xia4 yi4 zhi1 qing3 an4 jing3 hao4",
    "委托数量为一百股": "wei3 tuo1 shu4 liang4 wei2 yi4 bai3 gu3",
    "结果以柜台为准": "jie2 guo3 yi3 gui4 tai2 wei2 zhun3",
    "银行行情": "yin2 hang2 hang2 qing2",
    "上调印花税": "shang4 tiao2 yin4 hua1 shui4",
    "为您转接": "wei4 nin2 zhuan3 jie1",
}


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> Iterator[None]:
    """Teach pypinyin our words, and let it forget them afterwards."""
    usual = dict(PHRASES_DICT)
    load_phrases_dict(
        {words: [[to_tone(one)] for one in said.split()] for words, said in polyphones().items()}
    )
    yield
    PHRASES_DICT.clear()
    PHRASES_DICT.update(usual)


def _reading(words: str) -> str:
    return " ".join(lazy_pinyin(words, style=Style.TONE3, neutral_tone_with_five=True))


@pytest.mark.parametrize("term", TERMS)
def test_a_term_of_finance_is_read_right(term: str) -> None:
    assert _reading(term) == TERMS[term]


def test_the_table_has_the_terms_that_matter() -> None:
    assert len(TERMS) >= 82


@pytest.mark.parametrize("words", polyphones())
def test_each_syllable_of_the_dictionary_is_a_reading_of_its_character(words: str) -> None:
    known = pinyin(list(words), style=Style.TONE3, heteronym=True, neutral_tone_with_five=True)
    said = polyphones()[words].split()

    assert len(said) == len(words)
    for character, reading, readings in zip(words, said, known, strict=True):
        assert reading in readings or (character == "一" and reading in ("yi2", "yi4"))


@pytest.mark.skipif(find_spec("jieba") is None, reason="jieba comes with the voice only")
def test_the_front_end_of_the_voice_reads_every_term_right() -> None:
    jieba = import_module("jieba")
    for words in polyphones():
        jieba.add_word(words)

    expected = TERMS | SENTENCES
    read = {text: " ".join(_reading(word) for word in jieba.lcut(text)) for text in expected}

    assert read == expected
