using System;
using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LrcnLab.Migrations.PostgreSql.Versions
{
    /// <inheritdoc />
    public partial class Weights : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "WeightsSha256",
                table: "Runs",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "WeightsFiles",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    Bytes = table.Column<long>(type: "bigint", nullable: false),
                    Tensors = table.Column<int>(type: "integer", nullable: false),
                    Parameters = table.Column<long>(type: "bigint", nullable: false),
                    Networks = table.Column<List<string>>(type: "text[]", nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_WeightsFiles", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_WeightsSha256",
                table: "Runs",
                column: "WeightsSha256");

            migrationBuilder.CreateIndex(
                name: "IX_WeightsFiles_Name",
                table: "WeightsFiles",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_WeightsFiles_Sha256",
                table: "WeightsFiles",
                column: "Sha256");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "WeightsFiles");

            migrationBuilder.DropIndex(
                name: "IX_Runs_WeightsSha256",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "WeightsSha256",
                table: "Runs");
        }
    }
}
