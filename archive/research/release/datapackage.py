"""`datapackage.json` (Frictionless Data Package 1) and `croissant.json` (Croissant 1.0) of a release."""

from collections.abc import Sequence
from typing import Any

from archive.research.exports.licence import LICENCE, LICENCE_URL
from archive.research.exports.table import Column, Kind
from archive.research.missing import Missing
from archive.research.release.about import AUTHOR, TITLE_EN, TITLE_ZH, About, File

Json = dict[str, Any]

MEDIA = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "dta": "application/x-stata-dta",
    "sav": "application/x-spss-sav",
}
CROISSANT_TYPES = {Kind.TEXT: "sc:Text", Kind.INTEGER: "sc:Integer", Kind.NUMBER: "sc:Float"}
CONTEXT: Json = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def datapackage(about: About, files: Sequence[File]) -> Json:
    """Gives the description of every file of data; CSV files have a schema, others share that of their table."""
    return {
        "profile": "data-package",
        "name": "nianbao",
        "title": TITLE_EN,
        "title_zh": TITLE_ZH,
        "version": about.version,
        "created": f"{about.date.isoformat()}T00:00:00Z",
        "licenses": [{"name": LICENCE, "path": LICENCE_URL}],
        "contributors": [{"title": AUTHOR, "role": "author"}],
        "keywords": ["政府信息公开", "年度报告", "government information disclosure", "China"],
        "missing": [
            {"status": each.word, "stata": f".{each.letter}", "spss": each.spss, "zh": each.zh, "en": each.en}
            for each in Missing
        ],
        "resources": [resource(file) for file in files],
    }


def resource(file: File) -> Json:
    """Gives the description of one file.

    Tools read what is of type `table`, and of any other look at size and digest: few can read Stata, SPSS and Parquet.
    They count `rows` even where they cannot, hence `row_count`.
    """
    found: Json = {
        "name": file.table.name.replace("_", "-") + ("" if file.form == "csv" else f"-{file.form}"),
        "path": file.path,
        "type": "table" if file.form == "csv" else "file",
        "title": file.table.title_en,
        "title_zh": file.table.title_zh,
        "format": file.form,
        "mediatype": MEDIA[file.form],
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "row_count": file.rows,
    }
    if file.form == "csv":
        found |= {
            "profile": "tabular-data-resource",
            "encoding": "utf-8",
            "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
            "schema": {
                "fields": [schema_field(column) for column in file.table.columns],
                "missingValues": [""],
                "primaryKey": list(file.table.key),
            },
        }
        if file.table.name == "crosswalk":
            del found["schema"]["primaryKey"]  # a side may be empty
    return found


def schema_field(column: Column) -> Json:
    """Gives a column: its type, labels, the name it has in Stata and SPSS."""
    known = {
        "name": column.name,
        "type": column.kind.value,
        "title": column.label_en,
        "title_zh": column.label_zh,
        "short_name": column.short,
        "unit": column.unit,
        "figure": column.figure or None,
    }
    return {name: value for name, value in known.items() if value is not None}


def croissant(about: About, files: Sequence[File], cite: str) -> Json:
    """Gives the JSON-LD by which search engines and machine learning tools know a data set."""
    tables = [file for file in files if file.form == "csv"]
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "nianbao",
        "description": f"{TITLE_EN}. {TITLE_ZH}。",
        "license": LICENCE_URL,
        "url": f"urn:nianbao:release:{about.version}",
        "version": semantic(about.version),
        "datePublished": about.date.isoformat(),
        "creator": {"@type": "sc:Organization", "name": AUTHOR},
        "citeAs": cite,
        "inLanguage": ["zh", "en"],
        "distribution": [distribution(file) for file in files],
        "recordSet": [record_set(file) for file in tables],
    }


def semantic(version: str) -> str:
    """Gives a version as three numbers without leading zeros."""
    return ".".join(str(int(number)) for number in version.split("."))


def distribution(file: File) -> Json:
    """Gives one file of the data set."""
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": f"{file.size} B",
        "encodingFormat": MEDIA[file.form],
        "sha256": file.sha256,
    }


def record_set(file: File) -> Json:
    """Gives the columns of a table, taken from its CSV."""
    name = file.table.name
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"{file.table.title_en}. {file.table.title_zh}",
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{column.name}",
                "name": column.name,
                "description": f"{column.label_zh} {column.label_en}",
                "dataType": CROISSANT_TYPES[column.kind],
                "source": {"fileObject": {"@id": file.path}, "extract": {"column": column.name}},
            }
            for column in file.table.columns
        ],
    }
